// SPDX-License-Identifier: MIT
// node picture.mjs REPORT.html PICTURE.png SECTION...: the headline of a report
// and some of its sections as one picture, for README.
import {launch, openReport, showSection} from "./browser.mjs";

const [report, picture, ...sections] = process.argv.slice(2);
const browser = await launch();
const {page} = await openReport(browser, report, {
  viewport: {width: 1080, height: 900}, deviceScaleFactor: 1.5,
  colorScheme: "light"});
await page.evaluate((shown) => {
  for (const each of document.querySelectorAll("main > *")) {
    const isShown = [...shown, "summary"].includes(each.id);
    each.style.display = isShown ? "" : "none";
  }
  for (const each of document.querySelectorAll(
    "nav, .tools, footer, .licences")) {
    each.style.display = "none";
  }
  document.querySelector(".columns").style.display = "block";
}, sections);
for (const section of sections) {
  await showSection(page, section);
}
// What only the pointer fills.
await page.addStyleTag({content:
  "#front .readout, #front .readout ~ .chart { display: none }"});
await page.evaluate(() => scrollTo(0, 0));
await page.locator("#report").screenshot({path: picture});
await browser.close();
