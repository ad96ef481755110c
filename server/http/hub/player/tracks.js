// Rows of tracks: each plays when it is pressed, and offers the rest in a menu.

import { addToPlaylist, attempt, heart, queueUp, share } from "./actions.js";
import { get } from "./api.js";
import { coverOfTrack } from "./covers.js";
import { clock, h, icon, iconButton, spoken, toast } from "./elements.js";
import { openMenu } from "./menus.js";
import { changes, current, session } from "./session.js";

/** The rows that are on the page mark the track that plays. */
changes.addEventListener("change", () => markPlaying(document));

/**
 * One row.
 *
 * @param {object} track What it shows.
 * @param {object} options `play`: what pressing it does; `number`: in place of the cover; `album`: whether to name it;
 *   `items`: more of the menu; `extra`: elements at the row's end; `label`: of the row's place in a list.
 */
export function trackRow(track, { play, number, album = true, items = [], extra = [], id = "li" }) {
  const lead = number === undefined ? coverOfTrack(track, 44) : h("span", { class: "number" }, number ?? "–");
  const press = () => (track.missing ? toast(`The file of ${track.title} is not there.`) : play());
  const said = `Play ${track.title} by ${track.artist}, ${spoken(track.durationMs)}`;
  const go = h(
    "button",
    { type: "button", class: "go", "aria-label": said, on: { click: press } },
    h("span", { class: "lead" }, lead, h("span", { class: "over" }, icon("play"), h("span", { class: "sounding" }))),
    h("span", { class: "words" }, h("span", { class: "title" }, track.title), h("span", { class: "by" }, track.artist)),
  );
  const menu = iconButton(
    "more",
    `More for ${track.title}`,
    () => openMenu(menu, [...items, ...trackItems(track)], track.title),
    {
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    },
  );
  const from = album && track.albumId ? h("a", { class: "from", href: `#/album/${track.albumId}` }, track.album) : null;
  const row = h(
    id,
    { class: track.missing ? "track missing" : "track", data: { track: track.id } },
    go,
    album ? (from ?? h("span", { class: "from" })) : null,
    heart(track, track.title),
    h("span", { class: "time", "aria-hidden": "true" }, clock(track.durationMs)),
    menu,
    extra,
  );
  mark(row);
  return row;
}

/** What the menu of a track offers. */
export const trackItems = (track) => [
  !track.missing && { label: "Play next", icon: "next", run: () => queueUp(track.id, "next") },
  !track.missing && { label: "Add to the queue", icon: "queue", run: () => queueUp(track.id, "last") },
  { label: "Add to a playlist…", icon: "add", run: () => addToPlaylist([track.id]) },
  track.albumId && { label: "Go to the album", icon: "album", run: () => (location.hash = `#/album/${track.albumId}`) },
  { label: "Go to the artist", icon: "artist", run: () => goToArtist(track.id) },
  { label: "Share…", icon: "share", run: () => share(track.id, track.title) },
];

export const goToArtist = (trackId) =>
  attempt(async () => {
    const { track } = await get(`/api/track/${trackId}`);
    if (track.artists.length) location.hash = `#/artist/${track.artists[0].id}`;
    else toast("The library knows no artist of it.");
  });

/** A list of rows that the arrow keys go through. */
export const trackList = (label, ...rows) => h("ol", { class: "tracks", "aria-label": label }, ...rows);

export function markPlaying(within) {
  within.querySelectorAll("[data-track]").forEach(mark);
}

function mark(row) {
  const isCurrent = row.dataset.entry
    ? row.dataset.entry === current()?.entryId
    : row.dataset.track === current()?.track.id;
  isCurrent ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current");
  row.classList.toggle("plays", isCurrent && session().state === "playing");
}
