// SPDX-License-Identifier: MIT
#include "ompq/report/report_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/plan/plan_json.h"
#include "ompq/report/packed_matrix.h"
#include "ompq/report/report_json.h"

#include "tests/report/report_files.h"

namespace ompq {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// What stands in the page's data element.
std::string data_of(const std::string& page) {
  const std::string begin = "id=\"data\">";
  const std::size_t first = page.find(begin) + begin.size();
  return page.substr(first, page.find("</script>", first) - first);
}

ReportData report_named(const std::string& name) {
  Json plan = some_plan();
  plan["layers"][0]["name"] = name;
  plan["model"]["file"] = name;
  ReportData data;
  data.runs.push_back({.name = name, .plan = plan_from_json(plan, "plan")});
  return data;
}

TEST(ReportPage, HoldsItsDataAndNamesTheModel) {
  const ReportData data = report_named("net.onnx");

  const std::string page = report_page(data);

  EXPECT_EQ(Json::parse(data_of(page)), to_json(data));
  EXPECT_THAT(page, HasSubstr("<title>net.onnx - ompq report</title>"));
}

TEST(ReportPage, NamesNoOtherPlaceThanNamespacesAndLicences) {
  const std::string_view page = empty_report_page();

  for (const char* load :
       {"src=\"http", "href=\"http", "url(http", "@import"}) {
    EXPECT_EQ(page.find(load), std::string_view::npos) << load;
  }
  EXPECT_NE(page.find("default-src 'none'"), std::string_view::npos);
  EXPECT_NE(page.find("Observable"), std::string_view::npos);
}

TEST(ReportPage, KeepsNamesOutOfItsMarkup) {
  const std::string name = "</script><img src=x onerror=alert(1)><!-- ' \" &";

  const std::string page = report_page(report_named(name));

  EXPECT_THAT(page, Not(HasSubstr(name)));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_EQ(Json::parse(data_of(page))["runs"][0]["layers"][0]["name"], name);
  EXPECT_THAT(
      page,
      HasSubstr("<title>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
                "&lt;!-- &#39; &quot; &amp; - ompq report</title>"));
}

TEST(ReportPage, TakesNamesThatAreNoText) {
  const std::string page = report_page(report_named("bad \xff\xc3 \x01 name"));

  const std::string name =
      Json::parse(data_of(page))["runs"][0]["layers"][0]["name"];
  EXPECT_THAT(name, HasSubstr("\xef\xbf\xbd"));
}

TEST(ReportPage, GivesTheSameBytesForTheSameData) {
  const ReportData data = report_named("net.onnx");

  EXPECT_EQ(report_page(data), report_page(data));
}

TEST(EmbeddableJson, IsAsciiWithoutAngleBrackets) {
  const Json json = {{"</Script>", "\xe2\x80\xa8<!--\xf0\x9f\x9a\x80"}};

  const std::string text = embeddable_json(json);

  EXPECT_EQ(text, R"({"\u003c/Script>":"\u2028\u003c!--\ud83d\ude80"})");
  EXPECT_EQ(Json::parse(text), json);
}

TEST(Base64, FollowsItsStandard) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foo"), "Zm9v");
  EXPECT_EQ(to_base64("\xfb\xff\xfe"), "+//+");
}

TEST(PackShares, TakesTheUpperTriangleRowByRow) {
  Matrix matrix(2, 2);
  matrix(0, 0) = 1.0;
  matrix(0, 1) = matrix(1, 0) = 0.5;
  matrix(1, 1) = 2.0;

  EXPECT_EQ(
      pack_shares(matrix),
      to_base64(std::string_view("\xff\xff\x00\x80\xff\xff", 6)));
}

}  // namespace
}  // namespace ompq
