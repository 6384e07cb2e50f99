// SPDX-License-Identifier: MIT
#include "cli/table.h"

#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "cli/terminal.h"

namespace ompq {
namespace {

Table layers() {
  return Table(
      {{.title = "layer", .may_shrink = true},
       {.title = "weights", .is_number = true}});
}

TEST(Table, AlignsTextsLeftAndNumbersRight) {
  Table table = layers();
  table.add_row({"conv1", "9"});
  table.add_row({"fc", "1,000"});
  table.set_totals({"2 layers", "1,009"});

  EXPECT_EQ(
      table.render(80),
      "layer     weights\n"
      "-----------------\n"
      "conv1           9\n"
      "fc          1,000\n"
      "-----------------\n"
      "2 layers    1,009\n");
}

TEST(Table, CutsLongNamesInTheMiddleToFit) {
  Table table = layers();
  table.add_row({"features.0." + std::string(200, 'x') + ".conv", "12"});

  std::istringstream lines(table.render(40));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_width(line), 40) << line;
  }
  EXPECT_NE(table.render(40).find(".."), std::string::npos);
}

TEST(Table, NeverCutsNumbers) {
  Table table = layers();
  table.add_row({"a name that is too long", "123,456,789,012"});

  EXPECT_NE(table.render(20).find("123,456,789,012"), std::string::npos);
}

TEST(Table, ReplacesControlCharacters) {
  Table table = layers();
  table.add_row({"a\x1b[2Jb\nc", "1"});

  const std::string text = table.render(80);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("a?[2Jb?c"), std::string::npos);
}

}  // namespace
}  // namespace ompq
