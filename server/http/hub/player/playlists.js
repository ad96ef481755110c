// Playlists: all of them, and one that can be played, renamed and put in order.

import { attempt, createPlaylist, playAll } from "./actions.js";
import { ask, get } from "./api.js";
import { calm, grid, heading, playlistCard } from "./cards.js";
import { mosaic } from "./covers.js";
import { button, count, h, length, toast } from "./elements.js";
import { paged } from "./lists.js";
import { askText, confirm } from "./menus.js";
import { deeds, hero } from "./pages.js";
import { handle } from "./reorder.js";
import { trackList, trackRow } from "./tracks.js";

const PAGE = 100;

export async function playlists() {
  const box = grid("Playlists");
  const shown = await paged(box, async (cursor) => {
    const page = await get("/api/playlists", { sort: "name", limit: 60, cursor });
    return { rows: page.playlists.map(playlistCard), next: page.nextCursor };
  });
  const create = button("New playlist", () => void createPlaylist(), { icon: "add", class: "strong" });
  const none = calm(h("p", {}, "No playlists yet. Make one, or ask your agent for one."));
  return h(
    "article",
    { class: "page" },
    h("header", { class: "head" }, heading("Playlists"), create),
    box.children.length ? shown : none,
  );
}

export async function playlist({ id }) {
  let { playlist: present } = await get(`/api/playlists/${id}`, { limit: 1 });
  const [box, tracks] = [trackList(present.name), []];
  const change = (deed) => attempt(async () => ({ playlist: present } = await deed(present.revision)));
  const write = (method, path, values) =>
    change((revision) => ask(method, `/api/playlists/${id}${path}`, { ...values, revision }));
  let durationMs = 0;
  const shown = await paged(box, async (offset = 0) => {
    const page = await get(`/api/playlists/${id}`, { limit: PAGE, offset });
    ({ durationMs } = page);
    present = page.playlist;
    tracks.push(...page.entries.map((entry) => entry.track));
    return { rows: page.entries.map((entry) => row(entry, id, write)), next: page.nextOffset };
  });
  const facts = [count(present.trackCount, "track"), present.trackCount ? length(durationMs) : null];
  const more = [
    { label: "Rename…", icon: "edit", run: () => rename(present) },
    { label: "Describe…", icon: "edit", run: () => describe(present) },
    { label: "Delete…", icon: "trash", run: () => remove(present) },
  ];
  const about = present.description ? h("p", { class: "by" }, present.description) : null;
  const picture = mosaic(present, tracks, 300);
  const node = h(
    "article",
    { class: "page" },
    hero(
      picture,
      null,
      "Playlist",
      present.name,
      about,
      facts,
      present.trackCount ? deeds(present, present.name, null, more) : empty(more),
    ),
    tracks.length
      ? shown
      : calm(h("p", {}, "Nothing in it yet. Search for something and choose “Add to a playlist…” in its menu.")),
  );
  node.addEventListener("changed", () => void keepUp(node, () => present));
  return node;
}

/** What this page did is shown already, but for the figures; what others did is read anew. */
async function keepUp(node, present) {
  await new Promise((resolve) => setTimeout(resolve, 300)); // the event may be here before the answer
  const { playlist: now, durationMs } = await get(`/api/playlists/${present().id}`, { limit: 1 });
  if (!node.isConnected) return;
  if (now.revision !== present().revision) return void dispatchEvent(new Event("reload"));
  node.querySelector(".facts").textContent = [count(now.trackCount, "track"), length(durationMs)].join(" · ");
}

function row(entry, id, write) {
  const { track } = entry;
  const place = () => [...made.parentElement.children].indexOf(made);
  const move = (from, to) => void write("PUT", "/tracks/order", { entryIds: [entry.id], position: to });
  const takeOut = async () => {
    if (!(await write("DELETE", "/tracks", { entryIds: [entry.id] }))) return;
    const next = made.nextElementSibling ?? made.previousElementSibling;
    const list = made.parentElement;
    made.remove();
    (next?.querySelector("button") ?? list).focus?.();
    toast(`${track.title} was taken out.`, { label: "Undo", run: () => void putBack(track) });
  };
  const putBack = async (back) => {
    if (await write("POST", "/tracks", { trackIds: [back.id], duplicates: "allow", position: entry.position }))
      dispatchEvent(new Event("reload"));
  };
  const made = trackRow(track, {
    play: () => playAll(id, { startIndex: place() }),
    items: [{ label: "Take out of this playlist", icon: "trash", run: takeOut }],
    extra: handle(track.title, move),
  });
  made.dataset.removable = "";
  made.addEventListener("remove", takeOut);
  return made;
}

function empty(more) {
  return h("div", { class: "deeds" }, ...more.map(({ label, icon, run }) => button(label, run, { icon })));
}

const rename = (present) =>
  askText({
    title: "Rename the playlist",
    label: "Name",
    value: present.name,
    action: "Rename",
    act: async (name) => ask("PATCH", `/api/playlists/${present.id}`, { name }),
  }).then((done) => done && dispatchEvent(new Event("reload")));

const describe = (present) =>
  askText({
    title: "Describe the playlist",
    label: "Description",
    value: present.description ?? "",
    action: "Save",
    maxlength: 2000,
    act: async (description) => ask("PATCH", `/api/playlists/${present.id}`, { description }),
  }).then((done) => done && dispatchEvent(new Event("reload")));

async function remove({ id, name }) {
  const act = () => ask("DELETE", `/api/playlists/${id}`);
  const done = await confirm({
    title: "Delete the playlist",
    text: `${name} will be gone for good. Its tracks stay in the library.`,
    action: "Delete",
    act,
  });
  if (done) location.hash = "#/playlists";
}
