// The lists of the library: albums, artists, tracks and genres, in the orders that people want them in.

import { playTracks } from "./actions.js";
import { get } from "./api.js";
import { albumCard, artistCard, calm, grid, heading, part, shelf } from "./cards.js";
import { count, h } from "./elements.js";
import { paged } from "./lists.js";
import { trackList, trackRow } from "./tracks.js";

const PAGE = 60;
const ROWS = 100;

const SORTS = {
  albums: { title: "Title", artist: "Artist", year: "Year", added: "Recently added", played: "Most played" },
  artists: {
    name: "Name",
    tracks: "Most tracks",
    albums: "Most albums",
    played: "Most played",
    added: "Recently added",
  },
  tracks: {
    title: "Title",
    artist: "Artist",
    album: "Album",
    year: "Year",
    added: "Recently added",
    duration: "Length",
    played: "Most played",
    lastPlayed: "Last played",
  },
};

const FILTERS = ["genre", "yearFrom", "yearTo", "format", "artist", "album"];

export const albums = (wishes) =>
  list(
    "albums",
    "Albums",
    wishes,
    (items) => grid("Albums", ...items),
    (album) => albumCard(album),
  );

export const artists = (wishes) => list("artists", "Artists", wishes, (items) => grid("Artists", ...items), artistCard);

async function list(kind, title, { query }, make, card) {
  const wishes = wanted(kind, query);
  const box = make([]);
  let total = 0;
  const shown = await paged(box, async (cursor) => {
    const page = await get(`/api/${kind}`, { ...wishes, limit: PAGE, cursor });
    ({ total } = page);
    return { rows: page[kind].map(card), next: page.nextCursor };
  });
  return h("article", { class: "page" }, head(kind, title, total, wishes), shown);
}

export async function tracks({ query }) {
  const wishes = wanted("tracks", query);
  const shown = await trackPages(wishes);
  return h("article", { class: "page" }, head("tracks", describe(wishes) ?? "Tracks", shown.total, wishes), shown.box);
}

/** Tracks under filters, page by page; pressing one plays it and what was loaded around it. */
async function trackPages(wishes) {
  const ids = [];
  const box = trackList("Tracks");
  let total = 0;
  const made = await paged(box, async (cursor) => {
    const page = await get("/api/tracks", { ...wishes, limit: ROWS, cursor });
    ({ total } = page);
    const rows = page.tracks.map((track) => {
      const index = ids.push(track.id) - 1;
      return trackRow(track, { play: () => playTracks(ids, index) });
    });
    return { rows, next: page.nextCursor };
  });
  return { box: total ? made : calm(h("p", {}, "No tracks here.")), total };
}

export async function genres() {
  const { genres: found } = await get("/api/library/filters");
  const chip = ({ name, trackCount }) =>
    h(
      "li",
      {},
      h("a", { href: `#/genre/${encodeURIComponent(name)}` }, name, h("small", {}, trackCount.toLocaleString("en"))),
    );
  return h(
    "article",
    { class: "page" },
    heading("Genres"),
    h("ul", { class: "chips large", "aria-label": "Genres" }, ...found.map(chip)),
  );
}

export async function genre({ id }) {
  const [found, shown] = await Promise.all([
    get("/api/albums", { genre: id, sort: "added", limit: 12 }),
    trackPages({ genre: id, sort: "artist" }),
  ]);
  const all = found.nextCursor ? `#/albums?genre=${encodeURIComponent(id)}` : null;
  return h(
    "article",
    { class: "page" },
    heading(id),
    found.albums.length ? part("Albums", all, shelf("Albums", ...found.albums.map((album) => albumCard(album)))) : null,
    part(count(shown.total, "track"), null, shown.box),
  );
}

function wanted(kind, query) {
  const [first] = Object.keys(SORTS[kind]);
  const filters = FILTERS.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : []));
  return { sort: query.get("sort") in SORTS[kind] ? query.get("sort") : first, ...Object.fromEntries(filters) };
}

function describe({ genre: name, yearFrom, yearTo, format }) {
  return name ?? (yearFrom ? (yearTo ? `${yearFrom} to ${yearTo}` : `Since ${yearFrom}`) : format);
}

function head(kind, title, total, wishes) {
  const choose = h(
    "select",
    { on: { change: () => (location.hash = `#/${kind}?${new URLSearchParams({ ...wishes, sort: choose.value })}`) } },
    ...Object.entries(SORTS[kind]).map(([sort, name]) =>
      h("option", { value: sort, selected: sort === wishes.sort }, name),
    ),
  );
  const by = h("label", { class: "sort" }, h("span", {}, "Sort by"), choose);
  return h("header", { class: "head" }, heading(title), h("p", {}, total.toLocaleString("en")), by);
}
