// SPDX-License-Identifier: MIT
// What it takes to do it again: command, environment, settings, times.
import {commandLine} from "./data.js";
import {bytes, count, duration, h, missing, percent, section} from "./dom.js";

function copyButton(text) {
  const button = h("button", {type: "button", class: "copy"}, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // Files have no clipboard in some browsers: mark the text instead.
      getSelection().selectAllChildren(button.previousElementSibling);
      button.textContent = "Marked";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return button;
}

const factList = (facts) => h("dl", {class: "facts"}, facts
  .filter(([, value]) => value !== undefined && value !== "")
  .flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));

const machineText = {
  processor: ["Processor", (text) => text],
  cores: ["Cores", (text) => text],
  memory_bytes: ["Memory", (text) => bytes(Number(text))],
  system: ["System", (text) => text],
};

function environment(run) {
  const machine = (run.machine ?? []).map(([name, text]) => {
    const [title, show] = machineText[name] ?? [name, (value) => value];
    return [title, show(text)];
  });
  return factList([
    ["Model", run.model.file],
    ["Its SHA-256", run.model.hash],
    ["Date", (run.date ?? "").replace("T", " ").replace("Z", " UTC")],
    ...(run.versions ?? []),
    ...machine,
    ["Threads", run.threads !== undefined ? String(run.threads) : undefined],
    ["Seed", run.seed],
    ["Calibration", run.examples !== undefined
      ? `${count(run.examples)} images` : undefined],
    ["File profile", run.profile],
  ]);
}

function times(run) {
  const stages = run.seconds ?? [];
  if (stages.length === 0) {
    return null;
  }
  const total = stages.reduce((sum, [, seconds]) => sum + seconds, 0) || 1;
  return h("div", {}, h("h3", {}, "Time"),
    h("ul", {class: "budgets"}, stages.map(([name, seconds]) => h("li", {},
      h("span", {class: "what"}, name),
      h("span", {class: "meter", "aria-hidden": "true"},
        h("span", {style: `width:${(100 * seconds / total).toFixed(1)}%`})),
      h("span", {}, `${duration(seconds)} (${percent(seconds / total, 0)})`)))));
}

function settingsTable(title, settings) {
  const shown = (settings ?? []).filter(([, value]) => value !== "");
  return shown.length > 0 && h(
    "details", {}, h("summary", {}, `${title} (${shown.length})`),
    factList(shown));
}

export function repeatSection(run) {
  const line = run.command?.length > 1 ? commandLine(run) : undefined;
  return section(
    "repeat", "To repeat this run", null,
    line ? h("div", {class: "command"}, h("code", {}, line), copyButton(line))
      : missing("The command line is not recorded here."),
    h("h3", {}, "Environment"), environment(run), times(run),
    settingsTable("Settings", run.settings),
    settingsTable("Settings of the search", run.plan_settings));
}
