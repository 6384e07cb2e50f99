// SPDX-License-Identifier: MIT
#include "ompq/report/report_page.h"

#include "ompq/core/error.h"
#include "ompq/report/report_json.h"

namespace ompq {
namespace {

// Where the page takes in what a report is about.
constexpr std::string_view kTitleMark = "@OMPQ_TITLE@";
constexpr std::string_view kDataMark = "@OMPQ_DATA@";

std::string page_title(const ReportData& data) {
  if (data.runs.size() > 1) {
    return fmt::format(
        "{}: {} runs compared",
        model_file(data.runs.front()),
        data.runs.size());
  }
  if (!data.runs.empty() && !model_file(data.runs.front()).empty()) {
    return model_file(data.runs.front());
  }
  if (data.front) {
    return data.front->model_file;
  }
  return data.study ? data.study->model_file : "report";
}

/// Everything before a mark of the page, which is taken off together with it.
std::string_view take_until(std::string_view& page, std::string_view mark) {
  const std::size_t place = page.find(mark);
  OMPQ_ASSERT(place != std::string_view::npos, "the page holds its marks");
  const std::string_view before = page.substr(0, place);
  page.remove_prefix(place + mark.size());
  return before;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F
                      ? "&#xFFFD;"
                      : std::string(1, c);
    }
  }
  return result;
}

std::string embeddable_json(const Json& json) {
  const std::string text =
      json.dump(-1, ' ', true, Json::error_handler_t::replace);
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    // JSON has this character inside strings only.
    if (c == '<') {
      result += "\\u003c";
    } else {
      result += c;
    }
  }
  return result;
}

std::string report_page(const ReportData& data) {
  std::string_view page = empty_report_page();
  std::string text(take_until(page, kTitleMark));
  text += escape_html(page_title(data));
  text += take_until(page, kDataMark);
  text += embeddable_json(to_json(data));
  text += page;
  return text;
}

}  // namespace ompq
