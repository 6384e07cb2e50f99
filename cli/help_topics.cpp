// SPDX-License-Identifier: MIT
#include "cli/help_topics.h"

#include <array>

namespace ompq {
namespace {

constexpr std::array kTopics{
    HelpTopic{
        "config",
        R"(Configuration files

Every option may stand in a file given by --config FILE: JSON, TOML or INI.
A flag on the command line wins over the file, the file over the default.
Settings in a section named like a command hold for that command only; the
others hold for every command that has the option.

  {"preprocess": "imagenet",
   "search": {"size": "1.5MiB", "pin": {"conv1": 8}}}

  preprocess = "imagenet"
  [search]
  size = "1.5MiB"
  pin = ["conv1=8"]
)"},
    HelpTopic{
        "data",
        R"(Images and arrays

DATA is one of
  a folder of images     class folders (the label is the folder's position in
                         name order), or a labels.csv with lines file,label
  images.npy             uint8 [N, H, W, 3] pictures, or float32 [N, C, H, W]
                         that are fed as they are; labels by --labels FILE.npy
  images.npz             the same, compressed or not

Pictures of the model's input size are taken as they are. Others are resized
so that the shorter side is the input size / 0.875 (bilinear, antialiased) and
cropped at the centre; --resize and --crop override that, 'none' leaves a step
out. Then --preprocess sets scale, mean and std:
  imagenet    x / 255, then minus mean and divided by std for each channel
  cifar10     likewise, with the mean and std of CIFAR-10
  unit        x / 255
  symmetric   x / 127.5 - 1
  raw         x
--scale, --mean, --std and --channel-order change one of them.
)"},
    HelpTopic{
        "latency",
        R"(Tables of times

--latency 2.5ms --latency-table TABLE.csv limits the sum of the layers' times
as you measured them on a device. The table is a text with commas:
  layer,weight_bits,activation_bits,time
  conv1,8,8,40us
  conv2,4,any,12.5us
  Conv,2,8,9us
A row is for a layer by its name, or for all layers of an operator (Conv,
ConvTranspose, Gemm, MatMul) that have no row of their own. activation_bits is
a width, float, or any. A time has a unit (s, ms, us, ns), unless the column is
called time_us (time_s, time_ms, time_ns). Every layer needs a row for every
width that --bits and --act-bits allow it; 'ompq inspect' lists the names.
)"},
    HelpTopic{
        "profiles",
        R"(Kinds of files

The numbers are the same in all of them; --profile chooses
  packed      weights at their exact width, 2 to 8 bits, as bit planes that
              standard operators unpack when a runtime loads the file: the
              promised size in any ONNX Runtime, at the speed of float
  compact     weights in ONNX's own 2, 4 and 8 bit integers and
              DequantizeLinear; needs operator set 21, with 2 bits 25
  fast        weights in bytes, quantizers where ONNX Runtime merges them into
              integer convolutions
  qonnx       Quant nodes for FINN, hls4ml and Brevitas
  encodings   the float network with its weights on their grids, and beside it
              FILE.encodings for AIMET and Qualcomm's tools (version 1.0.0)
'ompq eval' and 'ompq inspect' read them all.
)"},
    HelpTopic{
        "results",
        R"(What ompq quantize and ompq train write

OUT/ is made if it is not there; its files appear whole or not at all.
  model.onnx    the network with integer weights, in operators that any ONNX
                runtime knows; --profile says how, see 'ompq help profiles'
  plan.json     the widths; 'ompq search --reuse' and '--plan' read it if it
                came from a search
  record.json   accuracy before and after, SQNR of units and layers, losses,
                times, memory, command and machine, every option
  report.html   all of that as a page for the browser; 'ompq report OUT/' makes
                it again
  checkpoint/   finished units, or the state of a training, of a run that is
                not finished: the same command goes on there and gives the
                same model.onnx, any other is refused unless --restart is
                given
ompq train also writes
  history.json, epochs.csv, steps.csv
                loss, accuracy, learning rate and norm of the gradient; no
                times, so that an interrupted run has the same ones

Results of the same model are replaced. Results of another model, or files of
these names that are no results, are kept unless --force is given.
With front.json of 'ompq sweep' or study.json of 'ompq study' in the folder the
report shows them as well. 'ompq eval OUT/' measures the model with the preprocessing in record.json;
flags change it. SQNR is the signal to noise ratio in decibels: 10 dB more is
a tenth of the squared error.
)"},
    HelpTopic{
        "exit-status",
        R"(Exit status

    0   done
    1   a bug of ompq; please report it
    2   wrong usage: the command line or a configuration file
    3   wrong input, or output that cannot be written
    4   no plan satisfies the budgets; the message names the smallest that can
    5   the model uses something that ompq does not support
  130   interrupted by Ctrl-C

Results go to the standard output, progress and messages to the standard error
stream. Files appear whole or not at all.
)"},
};

}  // namespace

std::span<const HelpTopic> help_topics() {
  return kTopics;
}

}  // namespace ompq
