// The pages of an album and of an artist.

import { addToPlaylist, heart, playAll, playTracks, queueUp, share } from "./actions.js";
import { get } from "./api.js";
import { albumCard, heading, part, grid } from "./cards.js";
import { cover, coverOfAlbum, coverUrl } from "./covers.js";
import { button, count, h, iconButton, length } from "./elements.js";
import { openMenu } from "./menus.js";
import { trackList, trackRow } from "./tracks.js";

const EDGE = 300;

export async function album({ id }) {
  const { album: found } = await get(`/api/album/${id}`);
  const tracks = found.discs.flatMap((disc) => disc.tracks);
  const facts = [found.year, count(found.trackCount, "track"), length(found.durationMs), ...found.genres.slice(0, 2)];
  const by = found.artistId ? h("a", { href: `#/artist/${found.artistId}` }, found.artist) : found.artist;
  return h(
    "article",
    { class: "page" },
    hero(
      coverOfAlbum(found, EDGE),
      found.hasCover ? found.id : null,
      found.compilation ? "Compilation" : "Album",
      found.title,
      h("p", { class: "by" }, by),
      facts,
      deeds(
        found,
        found.title,
        tracks.map((track) => track.id),
      ),
    ),
    ...discs(found),
    found.trackCount > tracks.length
      ? h("p", {}, h("a", { href: `#/tracks?sort=album&album=${id}` }, "The other tracks of this album"))
      : null,
  );
}

function discs({ id, title, discs: found, compilation, artist: of }) {
  let before = 0;
  return found.map(({ disc, tracks }) => {
    const first = before;
    before += tracks.length;
    const label = found.length > 1 ? `Disc ${disc ?? "–"}` : title;
    const rows = tracks.map((track, index) => {
      const row = trackRow(track, {
        play: () => playAll(id, { startIndex: first + index }),
        number: track.track,
        album: false,
      });
      if (!compilation && track.artist === of) row.querySelector(".by").hidden = true;
      return row;
    });
    return found.length > 1 ? part(label, null, trackList(label, ...rows)) : trackList(label, ...rows);
  });
}

export async function artist({ id }) {
  const { artist: found } = await get(`/api/artist/${id}`);
  const pictured = found.albums.find(({ hasCover }) => hasCover)?.id ?? null;
  const facts = [count(found.albumCount, "album"), count(found.trackCount, "track")];
  const ids = found.topTracks.map((track) => track.id);
  const top = found.topTracks.map((track, index) => trackRow(track, { play: () => playTracks(ids, index) }));
  return h(
    "article",
    { class: "page" },
    hero(
      cover({ id, pictureId: pictured, title: found.name }, EDGE, { class: "round" }),
      pictured,
      "Artist",
      found.name,
      null,
      facts,
      deeds(found, found.name),
    ),
    top.length ? part("Top tracks", `#/tracks?sort=played&artist=${id}`, trackList("Top tracks", ...top)) : null,
    shown("Albums", found.albums, { withYear: true }),
    shown("Appears on", found.appearsOn),
  );
}

const shown = (title, albums, options) =>
  albums.length ? part(title, null, grid(title, ...albums.map((each) => albumCard(each, options)))) : null;

/** The head of a page: a large cover, what it is, and what can be done with it. */
export function hero(picture, pictureId, kind, title, by, facts, buttons) {
  const glow = pictureId ? h("img", { class: "glow", alt: "", src: coverUrl(pictureId, 64) }) : null;
  const words = h(
    "div",
    { class: "words" },
    h("p", { class: "kind" }, kind),
    heading(title),
    by,
    h("p", { class: "facts" }, facts.filter(Boolean).join(" · ")),
    buttons,
  );
  glow?.addEventListener("error", () => glow.remove());
  return h("header", { class: "hero" }, glow, picture, words);
}

/** Play, shuffle, save, and the rest in a menu. */
export function deeds(item, name, trackIds = null, more = []) {
  const menu = iconButton(
    "more",
    `More for ${name}`,
    () =>
      openMenu(
        menu,
        [
          { label: "Play next", icon: "next", run: () => queueUp(item.id, "next") },
          { label: "Add to the queue", icon: "queue", run: () => queueUp(item.id, "last") },
          trackIds?.length && {
            label: "Add to a playlist…",
            icon: "add",
            run: () => addToPlaylist(trackIds.slice(0, 1000)),
          },
          ...more,
        ],
        name,
      ),
    { "aria-haspopup": "menu", "aria-expanded": "false" },
  );
  return h(
    "div",
    { class: "deeds" },
    button("Play", () => void playAll(item.id, { shuffle: false }), { icon: "play", class: "strong" }),
    button("Shuffle", () => void playAll(item.id, { shuffle: true }), { icon: "shuffle" }),
    heart(item, name),
    iconButton("share", `Share ${name}`, () => void share(item.id, name)),
    menu,
  );
}
