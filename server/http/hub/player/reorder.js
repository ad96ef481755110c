// Lists whose rows can be moved: dragged by a handle, or with the arrow keys on it.

import { iconButton, say } from "./elements.js";

/** The handle of a row; `move(from, to)` is called with places in the list. */
export function handle(name, move) {
  const made = iconButton("grip", `Move ${name}: drag, or press the arrow keys`, () => {}, {
    class: "icon grip",
    "aria-keyshortcuts": "ArrowUp ArrowDown",
  });
  made.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const [rows, from] = places(made);
    const to = from + step;
    if (to < 0 || to >= rows.length) return say(`${name} is ${step < 0 ? "first" : "last"} already.`);
    step < 0 ? rows[to].before(rows[from]) : rows[to].after(rows[from]);
    made.focus();
    say(`${name}: place ${to + 1} of ${rows.length}.`);
    move(from, to);
  });
  made.addEventListener("pointerdown", (event) => drag(event, made, move));
  return made;
}

function drag(event, made, move) {
  if (event.button) return;
  event.preventDefault();
  made.focus();
  const [rows, from] = places(made);
  const [row, list] = [rows[from], rows[from].parentElement];
  const middles = rows
    .map((each) => each.getBoundingClientRect())
    .map(({ top, height }) => top + height / 2 + scrollTop(list));
  let [to, last] = [from, event.clientY];
  made.setPointerCapture(event.pointerId);
  row.classList.add("dragged");
  const follow = ({ clientY }) => {
    last = clientY;
    const y = clientY + scrollTop(list);
    to = middles.filter((middle, place) => place !== from && middle < y).length;
    row.style.setProperty("--shift", `${y - middles[from]}px`);
    rows.forEach((each, place) => {
      each.classList.toggle("up", place > from && place <= to);
      each.classList.toggle("down", place < from && place >= to);
    });
    row.parentElement.style.setProperty("--row", `${row.offsetHeight}px`);
  };
  const end = ({ type }) => {
    for (const each of ["pointermove", "pointerup", "pointercancel"])
      made.removeEventListener(each, each === "pointermove" ? follow : end);
    clearInterval(edge);
    row.classList.remove("dragged");
    rows.forEach((each) => each.classList.remove("up", "down"));
    if (type !== "pointerup" || to === from) return;
    to < from ? rows[to].before(row) : rows[to].after(row);
    made.focus({ preventScroll: true });
    move(from, to);
  };
  // Near the edge of what is seen, the list goes on by itself.
  const edge = setInterval(() => {
    const box = scroller(list);
    const { top, bottom } =
      box === document.scrollingElement ? { top: 60, bottom: innerHeight - 100 } : box.getBoundingClientRect();
    const step = last < top + 30 ? -8 : last > bottom - 30 ? 8 : 0;
    if (step) (box.scrollBy(0, step), follow({ clientY: last }));
  }, 16);
  made.addEventListener("pointermove", follow);
  made.addEventListener("pointerup", end);
  made.addEventListener("pointercancel", end);
}

function places(made) {
  const row = made.closest("li");
  const rows = [...row.parentElement.children];
  return [rows, rows.indexOf(row)];
}

const scroller = (list) => list.closest(".scrolls") ?? document.scrollingElement;

const scrollTop = (list) => scroller(list).scrollTop;
