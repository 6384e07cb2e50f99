// SPDX-License-Identifier: MIT
#pragma once

/// Marks a name as part of the shared library's interface; everything else is
/// hidden (the libraries are built with -fvisibility=hidden).
#define OMPQ_API __attribute__((visibility("default")))
