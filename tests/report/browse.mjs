// SPDX-License-Identifier: MIT
// node browse.mjs PROGRAM FOLDER: writes reports with the program, uses them in
// a browser and keeps a picture of every view in the folder.
import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {mkdirSync, statSync} from "node:fs";
import {join} from "node:path";

import {assertQuiet, launch, openReport, showSection} from "./browser.mjs";
import {
  hostileNames, layerNames, makeFront, makeHistory, makePlan, makeRecord,
  makeStudy, writeFolder,
} from "./fixtures.mjs";

const [program, folder] = process.argv.slice(2);
const kSkipped = 77;
const kSections = ["layers", "network", "orm", "importance", "front", "sqnr",
  "losses", "training", "study", "repeat"];
mkdirSync(folder, {recursive: true});
const browser = await launch();
if (!browser) {
  console.log("skipped: no Chromium; install the package 'chromium'");
  process.exit(kSkipped);
}

/// A report of everything about layers of these names.
function report(name, names, options = {}) {
  const plan = makePlan(names, options);
  const run = writeFolder(join(folder, name), {
    "plan.json": plan, "record.json": makeRecord(plan),
    "front.json": makeFront(plan), "study.json": makeStudy(plan),
    "history.json": makeHistory()});
  execFileSync(program, ["report", run], {stdio: "pipe"});
  return join(run, "report.html");
}

/// Fails if a report cannot be used within some seconds. The fastest of a few
/// tries counts: others may be at work on the machine.
async function readyWithin(file, limit) {
  let fastest = Infinity;
  for (let i = 0; i < 5 && fastest > limit / 2; ++i) {
    const {page, complaints, seconds} = await openReport(browser, file);
    await page.close();
    assertQuiet(complaints);
    fastest = Math.min(fastest, seconds);
  }
  console.log(`    ${(statSync(file).size / 1024).toFixed(0)} KiB, ready in ${
    fastest.toFixed(2)} s`);
  assert.ok(fastest < limit, `${fastest} s`);
}

const names = async (page) => page.locator("#layers tbody th").evaluateAll(
  (cells) => cells.map((cell) => cell.title));
const column = async (page, key) => {
  const place = await page.locator("#layers thead th").evaluateAll(
    (cells, wanted) => cells.findIndex((each) => each.dataset.key === wanted),
    key);
  return page.locator(`#layers tbody tr > :nth-child(${place + 1})`)
    .allTextContents();
};

const real = report("real", layerNames(53));
const hostile = report("hostile", hostileNames, {
  file: "<script>window.harm = 6</script>.onnx"});

const tests = {
  async "is small and ready within a second"() {
    assert.ok(statSync(real).size < 2 * 1024 * 1024);
    await readyWithin(real, 1);
  },

  async "is ready within three seconds with 1,000 layers"() {
    const file = report("large", layerNames(1000));
    await readyWithin(file, 3);
    const {page, complaints} = await openReport(browser, file);
    for (const id of kSections) {
      await showSection(page, id);
    }
    await page.close();
    assertQuiet(complaints);
  },

  async "draws every view without a complaint or a request"() {
    const {page, complaints} = await openReport(browser, real);
    for (const id of kSections) {
      await showSection(page, id);
      await page.locator(`#${id}`).screenshot({
        path: join(folder, `${id}.png`)});
    }
    assert.equal(await page.locator(".missing").count(), 0);
    await page.close();
    assertQuiet(complaints);
  },

  async "sorts and filters layers"() {
    const {page} = await openReport(browser, real);
    const numbers = (texts) => texts.map((text) => Number(text.replace(/,/g, "")));
    await page.click("#layers th[data-key=weights] button");
    const falling = numbers(await column(page, "weights"));
    assert.deepEqual(falling, [...falling].sort((a, b) => b - a));
    assert.equal(falling.length, 53);
    await page.click("#layers th[data-key=weights] button");
    assert.deepEqual(numbers(await column(page, "weights")), falling.reverse());
    assert.equal(await page.getAttribute(
      "#layers th[data-key=weights]", "aria-sort"), "ascending");
    await page.fill("#layers input[type=search]", "conv1");
    assert.ok((await names(page)).every((name) => name.includes("conv1")));
    await page.selectOption("#layers select >> nth=0", "MatMul");
    const kinds = await column(page, "kind");
    assert.ok(kinds.length > 0 && kinds.every((kind) => kind === "MatMul"));
    assert.match(await page.textContent("#layers .total"), /of 53 layers/);
    await page.close();
  },

  async "names two layers under the pointer of the heat map"() {
    const {page} = await openReport(browser, real);
    await showSection(page, "orm");
    const box = await page.locator("#orm image").boundingBox();
    const cell = box.width / 53;
    await page.mouse.move(box.x + 4.5 * cell, box.y + 10.5 * cell);
    const text = await page.textContent("#orm .readout");
    assert.match(text, /^11\. features\.3\.conv1 .* 5\. features\.1\.conv1 .* 0\.\d{3}$/);
    await page.close();
  },

  async "shows a layer under the pointer of a chart"() {
    const {page} = await openReport(browser, real);
    for (const id of ["network", "importance", "sqnr", "losses"]) {
      await showSection(page, id);
      const box = await page.locator(`#${id} .chart svg`).first().boundingBox();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.waitForFunction((name) => [...document.querySelectorAll(
        `#${name} [aria-label=tip]`)].some((tip) => tip.textContent), id);
    }
    await page.close();
  },

  async "shows the plan under the pointer of the trade-off curve"() {
    const {page} = await openReport(browser, real);
    await showSection(page, "front");
    const chosen = await page.textContent("#front .readout");
    assert.match(chosen, /^The chosen plan/);
    await page.locator("#front [aria-label=dot] circle").first().hover({
      force: true});
    await page.waitForFunction((before) => document.querySelector(
      "#front .readout").textContent !== before, chosen);
    assert.match(await page.textContent("#front .readout"), /^A plan of/);
    await page.close();
  },

  async "changes its theme"() {
    const {page, complaints} = await openReport(browser, real, {
      colorScheme: "light"});
    const background = () => page.evaluate(
      () => getComputedStyle(document.body).backgroundColor);
    await showSection(page, "orm");
    const light = await background();
    const picture = await page.getAttribute("#orm image", "href");
    await page.click("#theme");
    assert.equal(await background(), light);
    await page.click("#theme");
    assert.notEqual(await background(), light);
    assert.notEqual(await page.getAttribute("#orm image", "href"), picture);
    await page.close();
    assertQuiet(complaints);
  },

  async "keeps names of layers texts"() {
    const {page, complaints} = await openReport(browser, hostile);
    for (const id of kSections) {
      await showSection(page, id);
    }
    assert.deepEqual((await names(page)).sort(), [...hostileNames].sort());
    assert.equal(await page.evaluate(() => window.harm), undefined);
    assert.equal(await page.locator("img, #layers script").count(), 0);
    assert.equal(await page.title(),
      "<script>window.harm = 6</script>.onnx - ompq report");
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <=
      document.documentElement.clientWidth), "the page is wider than the window");
    await page.close();
    assertQuiet(complaints);
  },

  async "prints all of it"() {
    const {page, complaints} = await openReport(browser, real);
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.emulateMedia({media: "print"});
    const undrawn = await page.locator(".chart").evaluateAll(
      (charts) => charts.filter((each) => !each.firstElementChild).length);
    assert.equal(undrawn, 0);
    const pdf = await page.pdf({path: join(folder, "report.pdf"),
      preferCSSPageSize: true, printBackground: true});
    assert.ok(pdf.length > 20000);
    assert.equal(await page.locator("nav").isVisible(), false);
    await page.close();
    assertQuiet(complaints);
  },

  async "fits a telephone, light and dark"() {
    for (const [name, settings] of Object.entries({
      light: {}, dark: {colorScheme: "dark"},
      phone: {viewport: {width: 390, height: 844}, isMobile: true},
      "phone-dark": {viewport: {width: 390, height: 844}, isMobile: true,
        colorScheme: "dark"}})) {
      const {page, complaints} = await openReport(browser, real, settings);
      for (const id of kSections) {
        await showSection(page, id);
      }
      const wide = await page.evaluate(() =>
        document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${name}: ${wide} pixels too wide`);
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({path: join(folder, `all-${name}.png`),
        fullPage: true});
      await page.close();
      assertQuiet(complaints);
    }
  },

  async "compares runs"() {
    const plans = [2, 4, undefined].map((bits, i) => {
      const plan = makePlan(layerNames(53), {bits});
      return writeFolder(join(folder, `run${i}`), {
        "plan.json": plan, "record.json": makeRecord(plan, {
          top1: 0.7 + 0.02 * i})});
    });
    const file = join(folder, "comparison.html");
    execFileSync(program, ["compare", ...plans, "-o", file], {stdio: "pipe"});
    const {page, complaints} = await openReport(browser, file);
    await showSection(page, "network");
    assert.equal(await page.locator("#summary thead th").count(), 4);
    const all = (await names(page)).length;
    await page.click("#layers input[type=checkbox]");
    assert.ok((await names(page)).length <= all);
    await page.screenshot({path: join(folder, "comparison.png"),
      fullPage: true});
    await page.close();
    assertQuiet(complaints);
  },

  async "says what is missing"() {
    const plan = makePlan(layerNames(5));
    delete plan.orm;
    for (const layer of plan.layers) {
      delete layer.gamma;
    }
    const record = {...makeRecord(plan), format: 9, units: "none"};
    const run = writeFolder(join(folder, "missing"), {
      "plan.json": plan, "record.json": record});
    execFileSync(program, ["report", run], {stdio: "pipe"});
    const {page, complaints} = await openReport(
      browser, join(run, "report.html"));
    const notices = await page.textContent(".notices");
    assert.match(notices, /format 9 is newer/);
    assert.match(notices, /units: expected an array/);
    for (const id of ["orm", "importance", "front", "losses", "training",
      "study"]) {
      assert.equal(await page.locator(`#${id} .missing`).count(), 1, id);
    }
    await page.screenshot({path: join(folder, "missing.png"), fullPage: true});
    await page.close();
    assertQuiet(complaints);
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    console.log(`ok: the report ${name}`);
  } catch (error) {
    ++failed;
    console.log(`FAILED: the report ${name}\n${error.stack}`);
  }
}
await browser.close();
process.exit(failed > 0 ? 1 : 0);
