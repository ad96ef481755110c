// Which view the address names. Views that were left are kept, so that going back finds them as they were.

import { calm, heading } from "./cards.js";
import { button, h } from "./elements.js";
import { folder, home } from "./home.js";
import { albums, artists, genre, genres, tracks } from "./library.js";
import { album, artist } from "./pages.js";
import { playlist, playlists } from "./playlists.js";
import { saved } from "./saved.js";
import { search } from "./search.js";
import { markPlaying } from "./tracks.js";

const VIEWS = {
  "": home,
  albums,
  artists,
  tracks,
  genres,
  genre,
  album,
  artist,
  playlists,
  playlist,
  saved,
  search,
  folder,
};

const MOST_KEPT = 12;

const RENEW_MS = 8_000;

/** What becomes out of date with a change of each kind; anything else does with the library. */
const TOUCHED = { playlist: ["playlists", "playlist"], saved: ["saved"], plays: [""] };

const kept = new Map(); // by the key of a place in the history

let main;
let shown = null; // { key, name, id, node }
let leaving = new AbortController();
let keys = 0;
let renewed = 0;
let renewal = null;

export function setUpRouter(element) {
  main = element;
  history.scrollRestoration = "manual";
  addEventListener("hashchange", () => void go());
  addEventListener("reload", () => void go({ anew: true }));
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  void go({ anew: true });
}

/** Let views of that kind be read anew; the one that is shown is, if that would disturb nobody. */
export function stale(kind, id) {
  const touched = TOUCHED[kind];
  for (const [key, view] of kept) if (!touched || touched.includes(view.name)) kept.delete(key);
  if (!shown || shown.name === "search") return;
  if (shown.name === "playlist" && kind === "playlist" && id === shown.id)
    return void shown.node.dispatchEvent(new CustomEvent("changed"));
  const quiet =
    scrollY < 50 && !main.contains(document.activeElement?.closest("main button, main a, main input, main select"));
  if (["", "playlists", "saved"].includes(shown.name) && (!touched || touched.includes(shown.name)) && quiet)
    renewSoon();
}

/** At once, but not all the time: a scan tells of something new every second. */
function renewSoon() {
  clearTimeout(renewal);
  const view = shown;
  const wait = Math.max(0, renewed + RENEW_MS - performance.now());
  renewal = setTimeout(() => shown === view && ((renewed = performance.now()), void go({ anew: true })), wait);
}

async function go({ anew = false } = {}) {
  const place = location.hash.replace(/^#\/?/, "");
  const [path, query = ""] = place.split("?");
  const [name, ...rest] = path.split("/");
  const id = rest.length ? readable(rest.join("/")) : undefined;
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const key = history.state?.key;
  const before = key === undefined ? null : kept.get(key);
  keepShown();
  if (before && !anew) return show(before.node, { ...before, key }, before.scrolled);
  main.setAttribute("aria-busy", "true");
  const node = await made(VIEWS[name] ?? missing, { id, query: new URLSearchParams(query) }, signal);
  if (signal.aborted || !node) return;
  main.removeAttribute("aria-busy");
  const isSame = shown?.key === key && key !== undefined;
  const next = { key: key ?? `${Date.now()}-${(keys += 1)}`, name, id, node };
  if (key === undefined) history.replaceState({ key: next.key }, "");
  show(node, next, isSame ? scrollY : 0, isSame);
}

async function made(view, wishes, signal) {
  try {
    return await view(wishes, signal);
  } catch (error) {
    if (error.name === "AbortError") return null;
    const again = button("Try again", () => dispatchEvent(new Event("reload")), { class: "strong" });
    return h(
      "article",
      { class: "page" },
      calm(
        heading(error.status === 404 ? "Not there" : "That did not work"),
        h("p", {}, `${error.message} ${error.nextStep ?? ""}`),
        again,
      ),
    );
  }
}

const missing = () =>
  h(
    "article",
    { class: "page" },
    calm(heading("Not there"), h("p", {}, "There is no such page."), h("p", {}, h("a", { href: "#/" }, "Home"))),
  );

function keepShown() {
  if (!shown) return;
  kept.set(shown.key, { ...shown, scrolled: scrollY });
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
}

function show(node, next, scrolled, isSame = false) {
  const isNew = shown !== null && !isSame;
  const isLeft = shown && shown.node !== node;
  if (isLeft) shown.node.dispatchEvent(new Event("left"));
  const typing = document.activeElement?.matches(".search input");
  main.replaceChildren(node);
  shown = next;
  markPlaying(node);
  markCurrentPlace();
  scrollTo(0, scrolled);
  if (isNew && !typing) node.querySelector("h1")?.focus({ preventScroll: true });
}

/** Mark where the page is among the places beside it. */
export function markCurrentPlace() {
  const places = { "": "home", album: "albums", artist: "artists", genre: "genres", playlist: "playlists" };
  const wanted = [shown?.id, places[shown?.name] ?? shown?.name];
  for (const link of document.querySelectorAll("[data-place]")) {
    const is = wanted.includes(link.dataset.place);
    is ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
}

function readable(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
