// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "ompq/core/export.h"
#include "ompq/report/report_data.h"

namespace ompq {

/// The page without data: HTML with style and script, as built from
/// `ompq/report/page`.
[[nodiscard]] OMPQ_API std::string_view empty_report_page();

/// Text for the inside of an HTML element: `&`, `<`, `>` and quotes as
/// references, control characters as U+FFFD.
[[nodiscard]] OMPQ_API std::string escape_html(std::string_view text);

/// A JSON document for the inside of an HTML script element: ASCII, and
/// without any `<`, so that neither `</script` nor `<!--` can occur; bytes that
/// are no UTF-8 become U+FFFD.
[[nodiscard]] OMPQ_API std::string embeddable_json(const Json& json);

/// A report as one HTML file that needs no other file and no network.
[[nodiscard]] OMPQ_API std::string report_page(const ReportData& data);

}  // namespace ompq
