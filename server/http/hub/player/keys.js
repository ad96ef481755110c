// The keyboard: single keys for what a player does, and arrows through lists.

import { attempt, setSaved } from "./actions.js";
import { deeds } from "./controls.js";
import { h } from "./elements.js";
import { show } from "./menus.js";
import { toggleQueue } from "./queue.js";
import { current, session } from "./session.js";

const KEPT = "music-hub.keys";

const KEYS = [
  ["Space", "Play or pause"],
  ["← →", "Five seconds back or forward"],
  ["p n", "Previous or next track"],
  ["b", "Back to what played before"],
  ["- +", "Softer or louder"],
  ["m", "Mute"],
  ["s", "Shuffle"],
  ["r", "Repeat"],
  ["l", "Save what is playing"],
  ["q", "Queue"],
  ["/", "Search"],
  ["↑ ↓", "Through a list"],
  ["Alt ↑ ↓", "Move an entry of the queue or of a playlist"],
  ["Delete", "Take an entry out"],
  ["?", "This list"],
];

const SINGLE = {
  " ": deeds.toggle,
  k: deeds.toggle,
  ArrowLeft: () => deeds.skip(-5000),
  ArrowRight: () => deeds.skip(5000),
  n: deeds.next,
  p: deeds.previous,
  b: deeds.back,
  "+": () => deeds.volume(session().volume + 5),
  "=": () => deeds.volume(session().volume + 5),
  "-": () => deeds.volume(session().volume - 5),
  m: deeds.mute,
  s: deeds.shuffle,
  r: deeds.repeat,
  l: () => loveCurrent(),
  q: () => toggleQueue(),
  "/": () => focusSearch(),
  "?": () => showKeys(),
};

export function setUpKeys() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || !session()) return;
    const { target } = event;
    if (target.closest("dialog, [popover], input, select, textarea")) return;
    if (throughList(event, target.closest("li.track, li.card"))) return event.preventDefault();
    if (event.altKey || isOff() || (event.key === " " && target.closest("button, a, summary"))) return;
    const deed = SINGLE[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!deed) return;
    event.preventDefault();
    void deed();
  });
  for (const button of document.querySelectorAll("[data-do=keys]")) button.addEventListener("click", showKeys);
}

function throughList({ key, altKey }, row) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (!row) return false;
  if (step && altKey) {
    row.querySelector(".grip")?.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
    return true;
  }
  if (step) {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    other?.querySelector("a, button")?.focus();
    return true;
  }
  if (key === "Delete" || key === "Backspace") {
    row.dispatchEvent(new Event("remove"));
    return true;
  }
  return false;
}

function focusSearch() {
  const field = document.querySelector(".search input");
  field.focus();
  field.select();
}

const loveCurrent = () =>
  attempt(async () => {
    const track = current()?.track;
    if (!track) return;
    await setSaved(track.id, !track.saved);
    document.dispatchEvent(new CustomEvent("saved", { detail: { id: track.id, saved: !track.saved } }));
  });

function showKeys() {
  const row = ([keys, what]) =>
    h("div", {}, h("dt", {}, ...keys.split(" ").map((key) => h("kbd", {}, key))), h("dd", {}, what));
  const box = h("input", { type: "checkbox", checked: !isOff(), on: { change: () => keep(!box.checked) } });
  void show(
    "Keyboard shortcuts",
    h("dl", { class: "keys" }, ...KEYS.map(row)),
    h("label", { class: "check" }, box, h("span", {}, "Single keys do something")),
  );
}

function isOff() {
  try {
    return localStorage.getItem(KEPT) === "off";
  } catch {
    return false;
  }
}

function keep(off) {
  try {
    localStorage.setItem(KEPT, off ? "off" : "on");
  } catch {}
}
