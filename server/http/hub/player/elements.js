// Elements from names and values. Text becomes text nodes, never markup: titles come from strangers.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  add: "M12 5v14M5 12h14",
  album: "M12 3a9 9 0 1 1 0 18a9 9 0 1 1 0-18M12 10a2 2 0 1 1 0 4a2 2 0 1 1 0-4",
  artist: "M12 4a4 4 0 1 1 0 8a4 4 0 1 1 0-8M4.5 20.5c.8-4 3.7-5.5 7.5-5.5s6.7 1.5 7.5 5.5",
  back: "M14.5 5l-7 7l7 7",
  close: "M6 6l12 12M18 6L6 18",
  down: "M5 9l7 7l7-7",
  edit: "M4 20l1-4L16 5l3 3L8 19z",
  folder: "M3.5 6.5h6l2 2.5h9v9.5h-17z",
  genre: "M4 5h7v7H4zM14 5h6v4h-6zM14 12h6v7h-6zM4 15h7v4H4z",
  grip: "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
  heart:
    "M12 20C5 15.5 3 12 3 8.7C3 6 5 4.2 7.4 4.2c1.9 0 3.6 1 4.6 2.8c1-1.8 2.7-2.8 4.6-2.8C19 4.2 21 6 21 8.7C21 12 19 15.5 12 20z",
  home: "M4 11l8-7l8 7v9h-5.5v-5.5h-5V20H4z",
  list: "M4 6h16M4 11h16M4 16h9M17 15v6l4-3z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  mute: "M4 9.5h3.5L12 5.5v13l-4.5-4H4zM16 9.5l5 5M21 9.5l-5 5",
  next: "M6 5l10 7l-10 7zM18.5 5v14",
  note: "M9 17.5V5l11-2v12.5M6.5 15a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0-5M17.5 13a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0-5",
  pause: "M8 5v14M16 5v14",
  play: "M7 4.5l12.5 7.5L7 19.5z",
  previous: "M18 5L8 12l10 7zM5.5 5v14",
  queue: "M4 6h16M4 11h10M4 16h10M18 11v9M14.5 17.5h7",
  repeat: "M5 11V9a3 3 0 0 1 3-3h11M16 3l3 3l-3 3M19 13v2a3 3 0 0 1-3 3H5M8 21l-3-3l3-3",
  scan: "M4 12a8 8 0 0 1 14-5.3L20 9M20 4v5h-5M20 12a8 8 0 0 1-14 5.3L4 15M4 20v-5h5",
  share: "M12 15V3.5M8 7l4-3.7L16 7M6 11.5H4.5V20.5h15V11.5H18",
  shuffle:
    "M3 7h3c5 0 5 10 10 10h4M3 17h3c1.8 0 3-1.2 3.9-2.7M13 9.3c.8-1.3 1.8-2.3 3-2.3h4M17.5 4L20.5 7L17.5 10M17.5 14l3 3l-3 3",
  trash: "M4 6.5h16M9 6V3.5h6V6M6.5 6.5l1 14h9l1-14M10 10.5v6M14 10.5v6",
  up: "M5 15l7-7l7 7",
  volume: "M4 9.5h3.5L12 5.5v13l-4.5-4H4zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
};

/** An element. `on` holds listeners, `data` what becomes data-…; true is an attribute without value, null none. */
export function h(name, { on = {}, data = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? "" : String(value));
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  Object.assign(element.dataset, data);
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** A picture of one stroke that screen readers pass over. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.dataset.icon = name;
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Put another picture into a button. */
export function setIcon(button, name) {
  const present = button.querySelector("svg");
  if (present?.dataset.icon !== name) present ? present.replaceWith(icon(name)) : button.prepend(icon(name));
}

/** A button that is only a picture; its name is said and shown when pointed at. */
export function iconButton(name, label, listener, attributes = {}) {
  return h(
    "button",
    { type: "button", class: "icon", "aria-label": label, title: label, on: { click: listener }, ...attributes },
    icon(name),
  );
}

/** A button with words, and a picture before them if one is named. */
export function button(label, listener, { icon: picture, ...attributes } = {}) {
  return h(
    "button",
    { type: "button", on: { click: listener }, ...attributes },
    picture ? icon(picture) : null,
    h("span", {}, label),
  );
}

/** Give an icon button another name. */
export function rename(element, label) {
  if (element.getAttribute("aria-label") === label) return;
  element.setAttribute("aria-label", label);
  element.title = label;
}

/** 3:07, or 1:02:09. */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** 3 minutes 7 seconds, as it is said. */
export function spoken(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [
    [Math.floor(seconds / 60), "minute"],
    [seconds % 60, "second"],
  ];
  return parts.map(([number, unit]) => count(number, unit)).join(" ");
}

/** 41 min, or 2 h 5 min. */
export function length(ms) {
  const minutes = Math.max(1, Math.round(ms / 60000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** 1 track, 2,000 tracks. */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** What to call this browser where others read it. */
export function thisBrowser() {
  const [, system] = /(iPhone|iPad|Android|Windows|Mac|Linux|CrOS)/.exec(navigator.userAgent) ?? [];
  return system ? `Browser on ${{ CrOS: "ChromeOS" }[system] ?? system}` : "Browser";
}

/** Say something to whoever listens to the page rather than looks at it. */
export function say(text, where = "said") {
  document.getElementById(where).textContent = text;
}

/** A short message that goes by itself; with an action it stays longer. */
export function toast(text, action) {
  const box = document.getElementById("toasts");
  const shown = h("div", { class: "toast" }, h("p", {}, text));
  const gone = () => shown.remove();
  if (action) shown.append(button(action.label, () => (gone(), action.run()), { class: "plain" }));
  box.replaceChildren(shown);
  say(text);
  setTimeout(gone, action ? 12000 : 5000);
}
