// The queue: what plays now and what comes next, to be put in order.

import { attempt } from "./actions.js";
import { get } from "./api.js";
import { button, count, h, iconButton, say } from "./elements.js";
import { handle } from "./reorder.js";
import { changes, control, editQueue, session, wantQueue } from "./session.js";
import { playHere } from "./sound.js";
import { trackList, trackRow } from "./tracks.js";

const PAGE = 200;

/** Where there is no room for the queue beside the page, it covers it. */
const NARROW = matchMedia("(max-width: 55.99rem)");

let panel;
let drawn = "";

export function setUpQueue(aside) {
  panel = aside;
  changes.addEventListener("change", () => panel.hidden || draw());
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) toggleQueue(false);
  });
  NARROW.addEventListener("change", coverPage);
  addEventListener("hashchange", () => panel.hidden || (NARROW.matches && toggleQueue(false)));
}

/** Show the queue, or hide it. */
export function toggleQueue(isShown = panel.hidden) {
  const show = isShown === true || (isShown !== false && panel.hidden);
  panel.hidden = !show;
  document.body.classList.toggle("with-queue", show);
  coverPage();
  const opener = document.querySelector(".queue-toggle");
  opener.setAttribute("aria-expanded", String(show));
  opener.setAttribute("aria-pressed", String(show));
  if (!show) {
    drawn = "";
    void wantQueue(false).catch(() => {});
    return void opener.focus();
  }
  draw();
  panel.querySelector("h2").focus();
  void attempt(() => wantQueue(true));
}

function coverPage() {
  for (const each of document.querySelectorAll("body > header, body > main"))
    each.inert = !panel.hidden && NARROW.matches;
}

/** Anew if it has changed, with the focus where it was. */
function draw() {
  const { current, queue, queueOffset, queueTotal, shuffle } = session();
  const sign = JSON.stringify([
    current?.entryId,
    queueOffset,
    queueTotal,
    shuffle,
    queue.map(({ entryId }) => entryId),
  ]);
  if (sign === drawn) return;
  drawn = sign;
  const held = document.activeElement?.closest?.("#queue [data-entry]")?.dataset.entry;
  const heldClass = [...(document.activeElement?.classList ?? [])].find((name) =>
    ["grip", "take", "go"].includes(name),
  );
  const scrolled = panel.querySelector(".scrolls")?.scrollTop ?? 0;
  const first = current ? current.index + 1 : 0;
  const next = queue.slice(Math.max(0, first - queueOffset));
  const list = trackList("Next in the queue", ...next.map((entry) => row(entry, first)));
  const left = queueTotal - first - next.length;
  panel.replaceChildren(
    h(
      "header",
      { class: "ends" },
      h("h2", { tabindex: "-1" }, "Queue"),
      queueTotal > first ? button("Clear", clear, { class: "plain", title: "Take out all that comes next" }) : null,
      iconButton("close", "Close the queue", () => toggleQueue(false)),
    ),
    h(
      "div",
      { class: "scrolls" },
      current ? h("section", {}, h("h3", {}, "Now"), trackList("Now playing", plain(current))) : null,
      next.length
        ? h("section", {}, h("h3", {}, `Next · ${count(queueTotal - first, "track")}`), list)
        : h(
            "p",
            { class: "soft" },
            queueTotal ? "Nothing comes next." : "The queue is empty. Play something, or ask your agent to.",
          ),
      left > 0 ? more(list, first, first + next.length, left) : null,
    ),
  );
  panel.querySelector(".scrolls").scrollTop = scrolled;
  if (held) panel.querySelector(`[data-entry="${held}"] .${heldClass ?? "go"}`)?.focus({ preventScroll: true });
}

function plain({ entryId, track }) {
  const made = trackRow(track, { play: () => void attempt(() => playHere()), album: false });
  made.dataset.entry = entryId;
  return made;
}

function row({ entryId, track }, first) {
  const takeOut = async () => {
    const beside = made.nextElementSibling ?? made.previousElementSibling;
    beside?.querySelector(".take").focus();
    if (!(await attempt(() => editQueue({ remove: [entryId] })))) return;
    say(`${track.title} was taken out of the queue.`);
    if (!beside) panel.querySelector("h2").focus();
  };
  const move = (_, to) =>
    void attempt(() => editQueue({ move: [entryId], position: first + to })).then(
      (done) => done ?? ((drawn = ""), draw()),
    );
  const take = iconButton("close", `Take ${track.title} out of the queue`, takeOut, { class: "icon take" });
  const made = trackRow(track, {
    play: () => void attempt(() => playHere(() => control("play", { entryId }))),
    album: false,
    extra: [take, handle(track.title, move)],
  });
  made.dataset.entry = entryId;
  made.addEventListener("remove", takeOut);
  return made;
}

function more(list, first, from, left) {
  let place = from;
  const made = button(
    `Show more (${left.toLocaleString("en")})`,
    () =>
      attempt(async () => {
        const page = await get("/api/playback/session", { queueLimit: PAGE, queueOffset: place });
        list.append(...page.queue.map((entry) => row(entry, first)));
        place += page.queue.length;
        if (place >= page.queueTotal) made.remove();
        else made.querySelector("span").textContent = `Show more (${(page.queueTotal - place).toLocaleString("en")})`;
      }),
    { class: "more" },
  );
  return made;
}

const clear = () =>
  attempt(async () => {
    await editQueue({ clear: session().current ? "upcoming" : "all" });
    say("The queue is empty.");
    panel.querySelector("h2").focus();
  });
