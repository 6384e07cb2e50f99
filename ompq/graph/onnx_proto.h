// SPDX-License-Identifier: MIT
// Internal: the only header that shows protobuf; never install it.
#pragma once

#include <onnx/onnx_pb.h>
