// Search: as it is typed, of everything at once.

import { playTracks } from "./actions.js";
import { ask, get } from "./api.js";
import { albumCard, artistCard, calm, heading, part, playlistCard, shelf } from "./cards.js";
import { button, count, h, say } from "./elements.js";
import { trackList, trackRow } from "./tracks.js";

const WAIT_MS = 140;

/** Let the field search, and show where the page is. */
export function setUpSearch(form) {
  const field = form.elements.q;
  let timer;
  const go = () => {
    clearTimeout(timer);
    const hash = field.value.trim() ? `#/search/${encodeURIComponent(field.value.trim())}` : "#/search";
    // Words that grow are one page of the history, not one for each letter.
    if (location.hash.startsWith("#/search"))
      (history.replaceState(history.state, "", hash), dispatchEvent(new Event("reload")));
    else location.hash = hash;
  };
  field.addEventListener("input", () => (clearTimeout(timer), (timer = setTimeout(go, WAIT_MS))));
  field.addEventListener("click", () => field.value || (location.hash = "#/search"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      document.querySelector("main .track button, main .card a, main .chips a, main .choices button")?.focus();
    } else if (event.key === "Escape" && !field.value) field.blur();
  });
}

export async function search({ id }, signal) {
  const field = document.querySelector(".search input");
  if (document.activeElement !== field) field.value = id ?? "";
  if (!id) return past();
  const found = await get("/api/search", { q: id, limit: 12 }, { signal });
  const { tracks, albums, artists, playlists } = found;
  const total = [tracks, albums, artists, playlists].reduce((sum, { items }) => sum + items.length, 0);
  say(total ? `${count(total, "result")} for ${found.query}` : `Nothing found for ${found.query}`);
  if (!total) return nothing(found.query);
  const ids = tracks.items.map((track) => track.id);
  const rows = tracks.items.map((track, index) => trackRow(track, { play: () => playTracks(ids, index) }));
  const parts = {
    tracks: () => part("Tracks", null, trackList("Tracks", ...rows)),
    albums: () => part("Albums", null, shelf("Albums", ...albums.items.map((album) => albumCard(album)))),
    artists: () => part("Artists", null, shelf("Artists", ...artists.items.map(artistCard))),
    playlists: () => part("Playlists", null, shelf("Playlists", ...playlists.items.map(playlistCard))),
  };
  const order = [found.best.kind, ...Object.keys(parts).filter((kind) => kind !== found.best.kind)];
  return h(
    "article",
    { class: "page results" },
    heading(`“${found.query}”`),
    found.similar ? h("p", { class: "note" }, "Nothing is spelled just so. This comes close:") : null,
    ...order.filter((kind) => found[kind].items.length).map((kind) => parts[kind]()),
  );
}

function nothing(query) {
  return h(
    "article",
    { class: "page" },
    heading(`“${query}”`),
    calm(h("p", {}, "Nothing found. Fewer words may find more.")),
  );
}

async function past() {
  const { searches } = await get("/api/search/history", { limit: 12 });
  const again = ({ query }) => h("li", {}, h("a", { href: `#/search/${encodeURIComponent(query)}` }, query));
  const forget = button(
    "Forget all",
    async () => {
      await ask("DELETE", "/api/search/history");
      dispatchEvent(new Event("reload"));
    },
    { class: "plain" },
  );
  const list = h("ul", { class: "chips large", "aria-label": "Past searches" }, ...searches.map(again));
  return h(
    "article",
    { class: "page" },
    heading("Search"),
    searches.length
      ? part("Past searches", null, list, forget)
      : calm(h("p", {}, "Words of titles, artists and albums, in any order. Typing errors are forgiven.")),
  );
}
