// The controls of playback, as the bar and the large view of what is playing both have them.

import { attempt } from "./actions.js";
import { clock, h, iconButton, rename, say, setIcon, spoken } from "./elements.js";
import { allows, control, goBack, session } from "./session.js";
import { isBlocked, isHere, isPlaying, playHere, positionMs, seek, toggle } from "./sound.js";

const REPEATS = ["off", "all", "one"];
const REPEAT_NAMES = { off: "Repeat: off", all: "Repeat: all", one: "Repeat: this track" };

export const deeds = {
  toggle: () => attempt(toggle),
  next: () => attempt(() => control("next")),
  previous: () => attempt(() => control("previous")),
  back: () => attempt(goBack),
  shuffle: () => attempt(() => control("setShuffle", { shuffle: !session().shuffle })),
  repeat: () => attempt(() => control("setRepeat", { repeat: REPEATS[(REPEATS.indexOf(session().repeat) + 1) % 3] })),
  volume: (volume) => attempt(() => control("setVolume", { volume: Math.round(Math.max(0, Math.min(100, volume))) })),
  mute: () => deeds.volume(session().volume ? ((deeds.before = session().volume), 0) : (deeds.before ?? 100)),
  skip: (ms) => attempt(() => seek(positionMs() + ms)),
  listenHere: () => attempt(() => playHere()),
};

/** A set of controls; `update` shows the session, `tick` only where the track is. */
export function controls() {
  const parts = {
    shuffle: iconButton("shuffle", "Shuffle", deeds.shuffle, { class: "icon switch", "aria-keyshortcuts": "s" }),
    previous: iconButton("previous", "Previous", deeds.previous, { "aria-keyshortcuts": "p" }),
    play: iconButton("play", "Play", deeds.toggle, { class: "icon main", "aria-keyshortcuts": "Space" }),
    next: iconButton("next", "Next", deeds.next, { "aria-keyshortcuts": "n" }),
    repeat: iconButton("repeat", REPEAT_NAMES.off, deeds.repeat, { class: "icon switch", "aria-keyshortcuts": "r" }),
    elapsed: h("span", { class: "time", "aria-hidden": "true" }),
    total: h("span", { class: "time", "aria-hidden": "true" }),
    mute: iconButton("volume", "Mute", deeds.mute, { "aria-keyshortcuts": "m" }),
    ...sliders(),
    notice: h("div", { class: "notice" }),
  };
  return { ...parts, update: () => update(parts), tick: () => tick(parts) };
}

function sliders() {
  const place = h("input", {
    type: "range",
    class: "seek",
    min: 0,
    max: 1,
    step: 1000,
    value: 0,
    "aria-label": "Position",
  });
  const volume = h("input", {
    type: "range",
    class: "volume",
    min: 0,
    max: 100,
    step: 1,
    value: 100,
    "aria-label": "Volume",
  });
  place.addEventListener("input", () => ((place.dataset.held = "1"), paint(place)));
  place.addEventListener("change", async () => {
    await attempt(() => seek(Number(place.value)));
    delete place.dataset.held;
  });
  place.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -5000, ArrowDown: -5000, ArrowRight: 5000, ArrowUp: 5000 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    void deeds.skip(step);
  });
  volume.addEventListener("input", () => ((volume.dataset.held = "1"), paint(volume)));
  volume.addEventListener("change", async () => {
    await deeds.volume(Number(volume.value));
    delete volume.dataset.held;
  });
  return { place, volume };
}

function update(parts) {
  const { repeat, shuffle, volume, durationMs, current } = session();
  const sounds = isPlaying();
  setIcon(parts.play, sounds ? "pause" : "play");
  rename(parts.play, sounds ? "Pause" : "Play");
  parts.play.disabled = !allows("play");
  parts.previous.disabled = !allows("previous");
  parts.next.disabled = !allows("next");
  parts.shuffle.setAttribute("aria-pressed", String(shuffle));
  parts.repeat.setAttribute("aria-pressed", String(repeat !== "off"));
  parts.repeat.dataset.repeat = repeat;
  rename(parts.repeat, REPEAT_NAMES[repeat]);
  setIcon(parts.mute, volume ? "volume" : "mute");
  rename(parts.mute, volume ? "Mute" : "Unmute");
  if (!parts.volume.dataset.held) ((parts.volume.value = volume), paint(parts.volume));
  parts.place.max = durationMs ?? 1;
  parts.place.disabled = !current;
  parts.total.textContent = durationMs ? clock(durationMs) : "";
  note(parts.notice);
  tick(parts);
}

function tick(parts) {
  const { durationMs } = session();
  const at = positionMs();
  parts.elapsed.textContent = session().current ? clock(parts.place.dataset.held ? Number(parts.place.value) : at) : "";
  if (parts.place.dataset.held) return;
  parts.place.value = at;
  parts.place.setAttribute("aria-valuetext", durationMs ? `${spoken(at)} of ${spoken(durationMs)}` : "nothing");
  paint(parts.place);
}

/** How much of a slider is behind its thumb. */
function paint(slider) {
  slider.style.setProperty("--done", `${(100 * slider.value) / (slider.max || 1)}%`);
}

/** Where the sound is, if it is not here; and what to do if the browser wants to be asked. */
function note(box) {
  const { device, state, current } = session();
  const isElsewhere = device !== null && !isHere();
  const wanted = !current
    ? ""
    : isBlocked() && !device && state === "playing"
      ? "blocked"
      : isElsewhere && state !== "stopped"
        ? `on ${device.name}`
        : "";
  if (box.dataset.says === wanted) return;
  box.dataset.says = wanted;
  if (!wanted) return box.replaceChildren();
  const label = wanted === "blocked" ? "Click to listen here" : "Listen here";
  const words = wanted === "blocked" ? null : h("span", {}, `${state === "playing" ? "Playing" : "Paused"} ${wanted}`);
  const go = h(
    "button",
    { type: "button", class: wanted === "blocked" ? "strong" : "plain", on: { click: deeds.listenHere } },
    label,
  );
  if (wanted === "blocked") say("This browser waits for a click before it plays.");
  box.replaceChildren(...[words, go].filter(Boolean));
}
