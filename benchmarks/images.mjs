// Reads arrays of images as networks trained on ImageNet or CIFAR-10 want them.
import { readFileSync } from 'node:fs';

const kPresets = {
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  cifar10: { mean: [0.4914, 0.4822, 0.4465], std: [0.2470, 0.2435, 0.2616] },
};

/**
 * The first `count` images of a .npy file, or all, as float32 [N, 3, H, W]:
 * { data, dims }.
 */
export function readImages(path, count = Infinity, preset = 'imagenet') {
  const { mean, std } = kPresets[preset];
  const file = readFileSync(path);
  const headerLength = file.readUInt16LE(8);
  const header = file.toString('latin1', 10, 10 + headerLength);
  const [total, height, width] = header.match(/\(([^)]*)\)/)[1]
    .split(',').map(Number);
  count = Math.min(count, total);
  const pixels = file.subarray(10 + headerLength);
  const plane = height * width;
  const data = new Float32Array(count * 3 * plane);
  for (let n = 0; n < count; ++n) {
    for (let c = 0; c < 3; ++c) {
      for (let i = 0; i < plane; ++i) {
        const pixel = pixels[(n * plane + i) * 3 + c];
        data[(n * 3 + c) * plane + i] = (pixel / 255 - mean[c]) / std[c];
      }
    }
  }
  return { data, dims: [count, 3, height, width] };
}
