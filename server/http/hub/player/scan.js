// A library that is empty yet: how it is filled, and how far that has come.

import { attempt } from "./actions.js";
import { ask, isPaired } from "./api.js";
import { calm, heading } from "./cards.js";
import { count, h } from "./elements.js";
import { follow } from "./events.js";

const COMMAND = "musicengine-mcp scan FOLDER";

/** What to do about an empty library; where this page is on the hub's own machine, a scan can begin here. */
export function emptyLibrary({ missing, roots }) {
  const progress = h("div", { class: "progress", hidden: true });
  const made = h(
    "article",
    { class: "page" },
    calm(
      heading(missing ? "Your music is not there" : "Your library is empty"),
      h(
        "p",
        {},
        missing
          ? `${count(missing, "track is", "tracks are")} known, but the files can't be found. Is the disk connected?`
          : "Tell the hub where your music is. It reads the files and changes none of them.",
      ),
      h("p", {}, "In a terminal:"),
      h("pre", { tabindex: "0", "aria-label": "Command" }, h("code", {}, COMMAND)),
      isPaired() ? null : form(roots),
      progress,
    ),
  );
  const left = new AbortController();
  void follow(
    "/api/scan/progress",
    ({ data }) => show(progress, JSON.parse(data).scan),
    () => {},
    left.signal,
  );
  made.addEventListener("left", () => left.abort());
  return made;
}

function form(roots) {
  const input = h("input", {
    type: "text",
    name: "folder",
    placeholder: "/home/you/Music",
    maxlength: 32768,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    required: !roots,
  });
  const start = (event) => {
    event.preventDefault();
    const folders = input.value.trim() ? [input.value.trim()] : [];
    return attempt(() => ask("POST", "/api/scan", { folders }));
  };
  return h(
    "form",
    { class: "inline", on: { submit: start } },
    h("label", {}, h("span", {}, "Or here, a folder of this machine:"), input),
    h("button", { type: "submit", class: "strong" }, "Scan"),
  );
}

function show(box, scan) {
  const isRunning = scan?.state === "running";
  const came = scan?.state === "completed" && scan.counts.new + scan.counts.returned + scan.counts.unchanged > 0;
  box.hidden = !scan || (!isRunning && !came && !box.dataset.seen);
  if (isRunning) box.dataset.seen = "1";
  if (box.hidden) return;
  const { filesSeen, filesToRead, filesRead } = scan;
  const bar = h("progress", {
    "aria-label": "Files read",
    max: filesToRead ?? null,
    value: filesToRead === null ? null : filesRead,
  });
  const words = {
    running:
      filesToRead === null
        ? `Looking for music: ${count(filesSeen, "file")} so far`
        : `Reading: ${filesRead.toLocaleString("en")} of ${count(filesToRead, "file")}`,
    completed: `Done: ${count(filesSeen, "file")}.`,
    cancelled: "The scan was cancelled.",
    interrupted: "The scan was interrupted. The next one goes on from there.",
    failed: "The scan failed.",
  };
  box.replaceChildren(isRunning ? bar : "", h("p", { role: "status" }, words[scan.state]));
  if (came && box.dataset.seen) dispatchEvent(new Event("reload"));
}
