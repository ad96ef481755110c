// What was saved, kind by kind.

import { playTracks } from "./actions.js";
import { get } from "./api.js";
import { albumCard, artistCard, calm, grid, heading, playlistCard } from "./cards.js";
import { h } from "./elements.js";
import { paged } from "./lists.js";
import { trackList, trackRow } from "./tracks.js";

const KINDS = { track: "Tracks", album: "Albums", artist: "Artists", playlist: "Playlists" };

const CARDS = { album: albumCard, artist: artistCard, playlist: playlistCard };

export async function saved({ id }) {
  const kind = id in KINDS ? id : "track";
  const ids = [];
  const row = (item) => {
    if (kind !== "track") return CARDS[kind](item[kind]);
    const index = ids.push(item.track.id) - 1;
    return trackRow(item.track, { play: () => playTracks(ids, index) });
  };
  const box = kind === "track" ? trackList("Saved tracks") : grid(`Saved ${KINDS[kind].toLowerCase()}`);
  const shown = await paged(box, async (cursor) => {
    const page = await get("/api/saved", { kind, limit: 60, cursor });
    return { rows: page.items.filter((item) => item[kind]).map(row), next: page.nextCursor };
  });
  const none = calm(h("p", {}, "Nothing saved yet. The heart beside whatever you like saves it here."));
  return h("article", { class: "page" }, heading("Saved"), tabs(kind), box.children.length ? shown : none);
}

function tabs(kind) {
  const tab = ([key, name]) =>
    h("li", {}, h("a", { href: `#/saved/${key}`, "aria-current": key === kind ? "page" : null }, name));
  return h("ul", { class: "chips tabs", "aria-label": "Kinds" }, ...Object.entries(KINDS).map(tab));
}
