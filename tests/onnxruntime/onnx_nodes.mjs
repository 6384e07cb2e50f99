// Reads the nodes of an ONNX file: [{ name, opType, inputs, outputs }]. Knows
// no more of the protobuf encoding than that takes.
import { readFileSync } from 'node:fs';

// Fields of ModelProto, GraphProto and NodeProto.
const kGraph = 7;
const kGraphNode = 1;
const kNode = { 1: 'inputs', 2: 'outputs', 3: 'name', 4: 'opType' };

/** Calls visit(field, bytes) for every field of a message that has a length. */
function forEachField(bytes, visit) {
  let at = 0;
  const varint = () => {
    let number = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      number += (byte & 127) * factor;
      if (byte < 128) return number;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wireType = tag & 7;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const size = varint();
      visit(tag >>> 3, bytes.subarray(at, at + size));
      at += size;
    } else throw new Error(`no ONNX file: wire type ${wireType}`);
  }
}

export function readNodes(path) {
  const nodes = [];
  forEachField(readFileSync(path), (field, graph) => {
    if (field !== kGraph) return;
    forEachField(graph, (part, bytes) => {
      if (part !== kGraphNode) return;
      const node = { name: '', opType: '', inputs: [], outputs: [] };
      forEachField(bytes, (place, text) => {
        const key = kNode[place];
        if (key === undefined) return;
        const word = text.toString('utf8');
        if (Array.isArray(node[key])) node[key].push(word);
        else node[key] = word;
      });
      nodes.push(node);
    });
  });
  return nodes;
}
