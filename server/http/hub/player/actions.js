// What buttons and keys do, wherever they stand: play, queue, save, share, put into a playlist.

import { ask, get } from "./api.js";
import { button, count, h, iconButton, rename, toast } from "./elements.js";
import { askText, show } from "./menus.js";
import { enqueue } from "./session.js";
import { playHere } from "./sound.js";

/** Do something that the hub may refuse, and say why if it does. */
export async function attempt(deed) {
  try {
    return await deed();
  } catch (error) {
    if (error.name !== "AbortError") toast(`${error.message} ${error.nextStep ?? ""}`.trim());
    return undefined;
  }
}

/** Play all that an id stands for in place of what is queued, from that track on. */
export const playAll = (contextId, { startIndex, shuffle } = {}) =>
  attempt(() => playHere(() => enqueue({ contextId, when: "now", replace: true, startIndex, shuffle })));

/** Play these tracks in place of what is queued, from that one on. */
export const playTracks = (trackIds, startIndex = 0) => {
  const from = Math.max(0, Math.min(startIndex - 100, trackIds.length - 1000));
  const some = trackIds.slice(from, from + 1000);
  return attempt(() =>
    playHere(() => enqueue({ trackIds: some, when: "now", replace: true, startIndex: startIndex - from })),
  );
};

/** Put a track, or all that an id stands for, after the current one or at the end. */
export const queueUp = (contextId, when) =>
  attempt(async () => {
    const { added } = await enqueue({ contextId, when });
    toast(`${count(added, "track")} ${when === "next" ? "will play next" : "added to the queue"}.`);
  });

/** The button that saves something, or takes it out of what was saved. */
export function heart(item, name) {
  const made = iconButton("heart", "", () => flip(), { class: "icon heart", data: { heart: item.id } });
  const settle = (saved) => {
    item.saved = saved;
    made.setAttribute("aria-pressed", String(saved));
    rename(made, saved ? `Remove ${name} from saved` : `Save ${name}`);
  };
  const flip = () =>
    attempt(async () => {
      await setSaved(item.id, !item.saved);
      document.dispatchEvent(new CustomEvent("saved", { detail: { id: item.id, saved: !item.saved } }));
    });
  made.addEventListener("settle", ({ detail }) => settle(detail));
  settle(item.saved);
  return made;
}

export const setSaved = (id, saved) => ask(saved ? "POST" : "DELETE", "/api/saved", { ids: [id] });

/** All hearts of one thing beat together. */
document.addEventListener("saved", ({ detail: { id, saved } }) => {
  for (const each of document.querySelectorAll(`[data-heart="${CSS.escape(id)}"]`)) {
    each.dispatchEvent(new CustomEvent("settle", { detail: saved }));
  }
});

/** Share something: the link is shown, copied, and handed to the device's own way of sharing where there is one. */
export const share = (id, name) =>
  attempt(async () => {
    const { share: made } = await ask("POST", "/api/shares", { id });
    const link = made.url ?? new URL(made.path, location.origin).href;
    const field = h("input", {
      type: "text",
      readonly: true,
      value: link,
      "aria-label": "Link",
      on: { focus: () => field.select() },
    });
    const said = h("span", { role: "status" });
    const copy = button(
      "Copy the link",
      async () => {
        try {
          await navigator.clipboard.writeText(link);
          said.textContent = "Copied.";
        } catch {
          field.select(); // an address without TLS has no clipboard
          said.textContent = "Selected: copy it from here.";
        }
      },
      { class: "strong" },
    );
    const pass =
      navigator.share && button("Share…", () => void navigator.share({ title: name, url: link }).catch(() => {}));
    await show(`Share ${name}`, h("p", {}, shareNote(made)), field, h("p", { class: "row" }, copy, pass, said));
  });

function shareNote({ expiresAt, reach }) {
  const until = expiresAt
    ? `until ${new Date(expiresAt).toLocaleDateString("en", { dateStyle: "long" })}`
    : "until you unshare it";
  const from = { machine: " on this machine", network: " in this network" }[reach] ?? "";
  return `Whoever has this link can open and hear it${from}, ${until}.`;
}

/** Put tracks into a playlist that is there, or into a new one. */
export async function addToPlaylist(trackIds) {
  const page = await attempt(() => get("/api/playlists", { sort: "updated", limit: 200 }));
  if (!page) return;
  const names = h("ul", { class: "choices" });
  const chosen = show("Add to a playlist", names);
  const close = () => names.closest("dialog").close();
  names.append(
    h(
      "li",
      {},
      button("New playlist…", () => (close(), void createPlaylist(trackIds)), { icon: "add" }),
    ),
    ...page.playlists.map((playlist) =>
      h(
        "li",
        {},
        button(playlist.name, () => (close(), void put(playlist, trackIds)), { icon: "list" }),
      ),
    ),
  );
  await chosen;
}

const put = (playlist, trackIds) =>
  attempt(async () => {
    const { added, alreadyThere } = await ask("POST", `/api/playlists/${playlist.id}/tracks`, { trackIds });
    toast(
      added
        ? `${count(added, "track")} added to ${playlist.name}.`
        : `${count(alreadyThere, "track")} already in ${playlist.name}.`,
    );
  });

/** Make a playlist, and show it if it begins empty. */
export async function createPlaylist(trackIds = []) {
  const made = await askText({
    title: "New playlist",
    label: "Name",
    action: "Create",
    act: async (name) => (await ask("POST", "/api/playlists", { name, trackIds })).playlist,
  });
  if (!made) return;
  if (trackIds.length) toast(`${count(trackIds.length, "track")} added to ${made.name}.`);
  else location.hash = `#/playlist/${made.id}`;
}
