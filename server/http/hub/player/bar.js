// What is playing: the bar at the foot of every page, and the large view that opens from it.

import { heart } from "./actions.js";
import { controls } from "./controls.js";
import { coverOfTrack, coverUrl, pictureOf } from "./covers.js";
import { h, iconButton, say } from "./elements.js";
import { openMenu } from "./menus.js";
import { toggleQueue } from "./queue.js";
import { changes, current, session } from "./session.js";
import { sound } from "./sound.js";
import { trackItems } from "./tracks.js";

const TICK_MS = 250;

let small;
let large = null;
let shown = null;

/** Fill the bar, and keep it up. */
export function setUpBar(bar) {
  const parts = controls();
  const open = h("button", {
    type: "button",
    class: "open",
    "aria-label": "Show what is playing",
    "aria-haspopup": "dialog",
    on: { click: openLarge },
  });
  const queue = iconButton("queue", "Queue", toggleQueue, {
    class: "icon switch queue-toggle",
    "aria-controls": "queue",
    "aria-expanded": "false",
    "aria-keyshortcuts": "q",
  });
  const loved = h("span", { class: "loved" });
  bar.append(
    parts.notice,
    h("div", { class: "now" }, open, loved),
    h(
      "div",
      { class: "transport" },
      h("div", { class: "buttons" }, parts.shuffle, parts.previous, parts.play, parts.next, parts.repeat),
      h("div", { class: "along" }, parts.elapsed, parts.place, parts.total),
    ),
    h("div", { class: "aside" }, parts.mute, parts.volume, queue),
  );
  small = { ...parts, bar, open, loved };
  changes.addEventListener("change", update);
  sound.addEventListener("state", update);
  sound.addEventListener("tick", tick);
  setInterval(() => session()?.state === "playing" && !document.hidden && tick(), TICK_MS);
}

function update() {
  if (!session()) return;
  const entry = current();
  small.bar.hidden = !entry && !session().queueTotal;
  document.body.classList.toggle("with-bar", !small.bar.hidden);
  small.update();
  large?.update();
  const sign = entry ? JSON.stringify(entry.track) + entry.entryId : "";
  if (sign !== shown?.sign) {
    if (entry && entry.entryId !== shown?.entryId) say(`${entry.track.title} by ${entry.track.artist}`, "playing");
    shown = { sign, entryId: entry?.entryId };
    showTrack(entry?.track ?? null);
  }
  document.title =
    entry && session().state === "playing" ? `${entry.track.title} – ${entry.track.artist}` : "Music Hub";
}

function tick() {
  if (!session()) return;
  small.tick();
  large?.tick();
}

function showTrack(track) {
  const words = (of) =>
    h("span", { class: "words" }, h("span", { class: "title" }, of.title), h("span", { class: "by" }, of.artist));
  small.open.replaceChildren(
    ...(track ? [coverOfTrack(track, 56), words(track)] : [h("span", { class: "words" }, "Nothing is playing")]),
  );
  small.open.disabled = !track;
  small.open.setAttribute(
    "aria-label",
    track ? `Show what is playing: ${track.title} by ${track.artist}` : "Nothing is playing",
  );
  small.loved.replaceChildren(...(track ? [heart(track, track.title)] : []));
  large?.show(track);
}

/** The large view: the cover as big as it goes, and everything else below it. */
function openLarge() {
  const parts = controls();
  const head = h(
    "div",
    { class: "ends" },
    iconButton("down", "Close", () => dialog.close()),
    h("h2", {}, "Now playing"),
    more(),
  );
  const stage = h("div", { class: "stage" });
  const dialog = h(
    "dialog",
    { class: "large", "aria-label": "Now playing" },
    head,
    stage,
    parts.notice,
    h("div", { class: "along" }, parts.place, h("div", { class: "times" }, parts.elapsed, parts.total)),
    h("div", { class: "buttons" }, parts.shuffle, parts.previous, parts.play, parts.next, parts.repeat),
    h(
      "div",
      { class: "volumes" },
      parts.mute,
      parts.volume,
      iconButton("queue", "Queue", () => (dialog.close(), toggleQueue(true))),
    ),
  );
  const show = (track) => (track ? stage.replaceChildren(...staged(track, dialog)) : dialog.close());
  large = { ...parts, show };
  dialog.addEventListener("close", () => ((large = null), dialog.remove()));
  document.body.append(dialog);
  show(current().track);
  parts.update();
  dialog.showModal();
}

function staged(track, dialog) {
  const picture = pictureOf(track);
  const glow = picture ? h("img", { class: "glow", alt: "", src: coverUrl(picture, 64) }) : null;
  glow?.addEventListener("error", () => glow.remove());
  const album = track.albumId
    ? h("a", { href: `#/album/${track.albumId}`, on: { click: () => dialog.close() } }, track.album)
    : null;
  const words = h(
    "div",
    { class: "words" },
    h("p", { class: "title" }, track.title),
    h("p", { class: "by" }, track.artist),
    h("p", { class: "by" }, album),
  );
  return [glow, coverOfTrack(track, 512), h("div", { class: "named" }, words, heart(track, track.title))].filter(
    Boolean,
  );
}

function more() {
  const made = iconButton(
    "more",
    "More",
    () => {
      const { track } = current();
      const close = (item) => item && { ...item, run: () => (made.closest("dialog").close(), item.run()) };
      openMenu(made, trackItems(track).map(close), track.title);
    },
    { "aria-haspopup": "menu", "aria-expanded": "false" },
  );
  return made;
}
