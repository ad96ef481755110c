// The first page: what is new, what is played, and shelf by shelf.

import { playTracks } from "./actions.js";
import { get } from "./api.js";
import { albumCard, calm, heading, part, shelf } from "./cards.js";
import { count, h } from "./elements.js";
import { paged } from "./lists.js";
import { emptyLibrary } from "./scan.js";
import { trackList, trackRow } from "./tracks.js";

const SHELF = 12;
const ROWS = 6;
const FOLDER_PAGE = 50;

export async function home() {
  const [stats, albums, last, most, shelves] = await Promise.all([
    get("/api/library/stats"),
    get("/api/albums", { sort: "added", limit: SHELF }),
    get("/api/tracks", { sort: "lastPlayed", limit: ROWS }),
    get("/api/tracks", { sort: "played", limit: ROWS }),
    get("/api/browse", { limit: 24 }),
  ]);
  if (!stats.tracks) return emptyLibrary(stats);
  const groups = Object.fromEntries(shelves.sections.map(({ section, items }) => [section, items]));
  return h(
    "article",
    { class: "page" },
    h("div", { class: "welcome" }, heading("Home"), h("p", {}, sizes(stats))),
    part(
      "Recently added",
      "#/albums?sort=added",
      shelf("Recently added", ...albums.albums.map((album) => albumCard(album))),
    ),
    h(
      "div",
      { class: "pair" },
      rows("Recently played", "#/tracks?sort=lastPlayed", played(last)),
      rows("Most played", "#/tracks?sort=played", played(most)),
    ),
    chips("Genres", "#/genres", groups.genres, (item) => `#/genre/${encodeURIComponent(item.filters.genre)}`),
    chips(
      "Decades",
      null,
      groups.decades,
      (item) => `#/tracks?sort=year&yearFrom=${item.filters.yearFrom}&yearTo=${item.filters.yearTo}`,
    ),
    chips("Folders", null, groups.folders, (item) => `#/folder/${item.folder}`),
  );
}

function sizes({ tracks, albums, artists }) {
  const links = [
    ["tracks", count(tracks, "track")],
    ["albums", count(albums, "album")],
    ["artists", count(artists, "artist")],
  ];
  return links.flatMap(([kind, words], place) => [place ? " · " : "", h("a", { href: `#/${kind}` }, words)]);
}

const played = ({ tracks }) => tracks.filter(({ playCount }) => playCount > 0);

function rows(title, all, tracks) {
  if (!tracks.length) return null;
  const ids = tracks.map(({ id }) => id);
  const made = tracks.map((track, index) => trackRow(track, { play: () => playTracks(ids, index), album: false }));
  return part(title, all, trackList(title, ...made));
}

function chips(title, all, items, href) {
  if (!items?.length) return null;
  return part(
    title,
    all,
    h("ul", { class: "chips", "aria-label": title }, ...items.map((item) => chip(item, href(item)))),
  );
}

const chip = ({ name, trackCount }, href) =>
  h("li", {}, h("a", { href }, name, trackCount ? h("small", {}, trackCount.toLocaleString("en")) : null));

/** A folder, one level at a time. */
export async function folder({ id }) {
  const folders = h("ul", { class: "chips", "aria-label": "Folders" });
  const [list, ids] = [trackList("Tracks"), []];
  const tracks = await paged(list, async (cursor) => {
    const { sections } = await get("/api/browse", { section: "folders", folder: id, limit: FOLDER_PAGE, cursor });
    const [{ items, nextCursor }] = sections;
    folders.append(
      ...items.filter(({ kind }) => kind === "folder").map((item) => chip(item, `#/folder/${item.folder}`)),
    );
    const found = await Promise.all(
      items.filter(({ kind }) => kind === "track").map((item) => get(`/api/track/${item.id}`)),
    );
    const row = ({ track }) => {
      const index = ids.push(track.id) - 1;
      return trackRow(track, { play: () => playTracks(ids, index) });
    };
    return { rows: found.map(row), next: nextCursor };
  });
  const isEmpty = !folders.children.length && !ids.length;
  return h(
    "article",
    { class: "page" },
    heading("Folder"),
    folders.children.length ? folders : null,
    ids.length ? tracks : null,
    isEmpty ? calm(h("p", {}, "Nothing in here.")) : null,
  );
}
