// SPDX-License-Identifier: MIT
#include <cstdio>

#include <ompq/engine/device.h>
#include <ompq/engine/operator.h>

int main() { std::printf("%d\n", ompq::set_threads(1)); }
