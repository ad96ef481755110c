// The page as a whole: who it is to the hub, which view it shows, and what it hears.

import { createPlaylist } from "./actions.js";
import { get, readyMedia, trouble } from "./api.js";
import { setUpBar } from "./bar.js";
import { button, h, icon, say, toast } from "./elements.js";
import { followShared } from "./events.js";
import { setUpKeys } from "./keys.js";
import { setUpMediaSession } from "./mediasession.js";
import { setUpQueue } from "./queue.js";
import { markCurrentPlace, setUpRouter, stale } from "./router.js";
import { askToPair, untilAnswered, untilHealthy } from "./screens.js";
import { setUpSearch } from "./search.js";
import { load, session } from "./session.js";
import { begin, sound } from "./sound.js";

const code = codeOfAddress();

for (const link of document.querySelectorAll("[data-icon]")) link.prepend(icon(link.dataset.icon));
setUpBar(document.querySelector(".bar"));
setUpQueue(document.getElementById("queue"));
setUpSearch(document.querySelector("form.search"));
setUpMediaSession();
setUpKeys();
void start();

async function start() {
  await known();
  begin();
  sound.addEventListener("failed", ({ detail: { title, reason, stopped } }) =>
    toast(`${title}: ${reason}${stopped ? " Several in a row could not be played, so it stopped." : ""}`),
  );
  trouble.addEventListener(
    "unavailable",
    ({ detail }) => void recover(() => untilHealthy(`${detail.message} ${detail.nextStep}`)),
  );
  trouble.addEventListener("unpaired", () => void recover(() => askToPair()));
  trouble.addEventListener("unreachable", () => {
    if (!document.body.classList.contains("alone")) say("The hub does not answer.");
    document.body.classList.add("alone");
  });
  trouble.addEventListener("answered", () => document.body.classList.remove("alone"));
  setUpRouter(document.getElementById("content"));
  void playlistsBeside();
  void followShared("/api/library/events", hear, () => void load().catch(() => {}));
}

/** The hub, once it is there, in order, and knows this page. */
async function known() {
  let info = (await get("/api/info").catch(() => null)) ?? (await untilAnswered());
  if (info.databaseHealth.status !== "healthy") info = await untilHealthy(info.databaseHealth.message);
  if (info.caller === "anonymous") {
    await askToPair(code);
    info = await get("/api/info");
  }
  await readyMedia().catch(() => {});
  return info;
}

let recovering = null;

async function recover(means) {
  recovering ??= means().finally(() => (recovering = null));
  await recovering;
  await readyMedia().catch(() => {});
  dispatchEvent(new Event("reload"));
  await load().catch(() => {});
}

function hear({ data }) {
  const { kind, id, session: news } = JSON.parse(data);
  if (kind === "session" ? news?.revision !== session()?.revision : kind === "saved" || kind === "resync")
    void load().catch(() => {});
  if (["playlist", "roots", "resync"].includes(kind)) void playlistsBeside();
  if (kind !== "session" && kind !== "searches") stale(kind, id);
}

async function playlistsBeside() {
  const page = await get("/api/playlists", { limit: 200 }).catch(() => null);
  if (!page) return;
  const link = ({ id, name }) =>
    h("li", {}, h("a", { href: `#/playlist/${id}`, data: { place: id } }, h("span", {}, name)));
  const sign = JSON.stringify(page.playlists.map(({ id, name }) => [id, name]));
  const list = document.querySelector(".yours ul");
  if (list.dataset.sign === sign) return; // so that nobody loses their place in it
  list.dataset.sign = sign;
  const create = h(
    "li",
    {},
    button("New playlist", () => void createPlaylist(), { icon: "add", class: "plain" }),
  );
  list.replaceChildren(...page.playlists.map(link), create);
  markCurrentPlace();
}

/** A pairing code may come with the address, in the part that is sent to nobody; it is not to stay there. */
function codeOfAddress() {
  const [, found] = /^#pair=(.+)$/.exec(location.hash) ?? [];
  if (found) history.replaceState(null, "", "/");
  return found ? decodeURIComponent(found) : "";
}
