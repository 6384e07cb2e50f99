// SPDX-License-Identifier: MIT
// A page of ompq report in a real browser, watched for anything it should not
// do.
import assert from "node:assert/strict";
import {existsSync} from "node:fs";
import {pathToFileURL} from "node:url";

import {chromium} from "playwright-core";

const kBrowsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome"];

/// The browser of the system; undefined without one.
export async function launch() {
  const path = kBrowsers.find((each) => existsSync(each));
  // The sandbox refuses to run as root.
  const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
  return path && chromium.launch({executablePath: path, args});
}

/// A page with a report in it, ready to be used.
///
/// @return {page, complaints, seconds}: complaints fill with what the console,
///         scripts and network say; seconds until the page could be used
export async function openReport(browser, file, settings = {}) {
  const context = await browser.newContext({
    viewport: {width: 1280, height: 900}, offline: true, ...settings});
  const page = await context.newPage();
  const complaints = [];
  const own = pathToFileURL(file).href;
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      complaints.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`script: ${error}`));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:") &&
        request.url().split("#")[0] !== own) {
      complaints.push(`network: ${request.url()}`);
    }
  });
  page.on("dialog", async (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  const start = performance.now();
  await page.goto(own);
  await page.waitForSelector("html[data-ready]", {timeout: 20000});
  // Answers a question, so nothing blocks it any more.
  await page.evaluate(() => new Promise(requestAnimationFrame));
  return {page, complaints, seconds: (performance.now() - start) / 1000};
}

/// Scrolls a section into view and waits until its charts are drawn.
export async function showSection(page, id) {
  await page.locator(`#${id}`).scrollIntoViewIfNeeded();
  await page.waitForFunction((name) => {
    const charts = document.querySelectorAll(`#${name} .chart`);
    return [...charts].every((each) => each.firstElementChild);
  }, id);
}

export function assertQuiet(complaints) {
  assert.deepEqual(complaints, []);
}
