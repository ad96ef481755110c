// What stands for an album, an artist or a playlist on a shelf or in a grid.

import { playAll } from "./actions.js";
import { cover, coverOfAlbum } from "./covers.js";
import { count, h, iconButton } from "./elements.js";

const EDGE = 200;

export const albumCard = (album, { withYear = false } = {}) =>
  card(
    `#/album/${album.id}`,
    album.id,
    coverOfAlbum(album, EDGE),
    album.title,
    withYear ? (album.year ?? "") : album.artist,
  );

export const artistCard = (artist) =>
  card(
    `#/artist/${artist.id}`,
    artist.id,
    cover({ id: artist.id, title: artist.name }, EDGE, { class: "round" }),
    artist.name,
    count(artist.trackCount, "track"),
  );

export const playlistCard = (playlist) =>
  card(
    `#/playlist/${playlist.id}`,
    playlist.trackCount ? playlist.id : null,
    cover({ id: playlist.id, title: playlist.name }, EDGE),
    playlist.name,
    count(playlist.trackCount, "track"),
  );

function card(href, id, picture, title, below) {
  const link = h(
    "a",
    { href },
    picture,
    h("span", { class: "title" }, title),
    h("span", { class: "by" }, String(below)),
  );
  return h(
    "li",
    { class: "card" },
    link,
    id && iconButton("play", `Play ${title}`, () => void playAll(id), { class: "icon play" }),
  );
}

export const grid = (label, ...cards) => h("ul", { class: "grid", "aria-label": label }, ...cards);

export const shelf = (label, ...cards) => h("ul", { class: "shelf", "aria-label": label }, ...cards);

/** A part of a page under its heading, with a way to all of it. */
export function part(title, all, ...content) {
  return h(
    "section",
    { class: "part" },
    h("header", {}, h("h2", {}, title), all && h("a", { href: all, "aria-label": `Show all: ${title}` }, "Show all")),
    ...content,
  );
}

/** A page under its heading, which is what the keyboard comes to first. */
export const page = (title, ...content) => h("article", { class: "page" }, heading(title), ...content);

export const heading = (title) => h("h1", { tabindex: "-1" }, title);

export const calm = (...content) => h("div", { class: "calm" }, ...content);
