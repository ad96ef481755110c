// The sound: one audio element that plays what the session says, if the session says that this page is its device.

import { mediaUrl, randomHex, readyMedia, send, transcodedFormats } from "./api.js";
import { mayPlay } from "./autoplay.js";
import { thisBrowser } from "./elements.js";
import {
  allows,
  changes,
  clockMs,
  control,
  hasBegun,
  isOver,
  isOwn,
  put,
  putNow,
  quietMs,
  session,
} from "./session.js";

const REPORT_MS = 10_000;
/** A device that plays says so more often than this; one that has been quiet for longer is gone. */
const GONE_MS = 25_000;
/** And it takes up what others start within this time. */
const TAKEN_UP_MS = 4_000;
const OFF_MS = 1_500;
/** So far from the session's clock it is worth saying where the sound is, though not all the time. */
const DRIFT_MS = 200;
const DRIFT_PAUSE_MS = 2_000;
/** What has just become current is heard from its beginning, however late it came to be known here. */
const BEGINNING_MS = 2_000;
const MOST_FAILURES = 5;

const TYPES = {
  mp3: "audio/mpeg",
  flac: "audio/flac",
  vorbis: 'audio/ogg; codecs="vorbis"',
  opus: 'audio/ogg; codecs="opus"',
  aac: 'audio/mp4; codecs="mp4a.40.2"',
  alac: 'audio/mp4; codecs="alac"',
  wav: "audio/wav",
  aiff: "audio/aiff",
  wavpack: "audio/x-wavpack",
};

/** Told of by "state" (blocked or not, here or not), "tick" and "failed". */
export const sound = new EventTarget();

/** This page as a device of the session. */
export const device = { id: deviceId(), name: thisBrowser() };

export const audio = new Audio();
audio.preload = "auto";

let loaded = null; // { entryId, track, format, offsetMs }
let blocked = false;
let pausing = false;
let failures = 0;
let watch = null;
let reportedAt = 0;

/** Whether the session's sound is to come from this page. */
export const isHere = () => session()?.device?.id === device.id;

/** Whether the browser wants to be clicked before anything sounds. */
export const isBlocked = () => blocked;

/** Where the current track is. */
export const positionMs = () => (isHere() && isLoaded() && !audio.seeking ? heardMs() : clockMs());

/** Begin to follow the session. */
export function begin() {
  changes.addEventListener("change", ({ detail }) => follow(detail));
  audio.addEventListener("ended", () => void atEnd());
  audio.addEventListener("error", () => void atError());
  audio.addEventListener("timeupdate", () => {
    if (audio.currentTime > 1) failures = 0;
    const isDue = isHere() && isSounding() && performance.now() - reportedAt > DRIFT_PAUSE_MS;
    if (isDue && Math.abs(heardMs() - clockMs()) > DRIFT_MS) void report();
    sound.dispatchEvent(new Event("tick"));
  });
  audio.addEventListener("pause", () => {
    // Not by us: a headset was unplugged, a call came in.
    if (!pausing && isHere() && isLoaded() && session().state === "playing" && !audio.ended && !audio.error)
      void report({ state: "paused" });
  });
  setInterval(() => isHere() && isSounding() && void report(), REPORT_MS);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

/** Let the session sound here: whoever presses play in a page hears it there. */
export async function playHere(start = () => control("play")) {
  settleBlocked(false);
  failures = 0;
  await start();
  for (let attempt = 1; attempt <= 3 && !isHere(); attempt += 1) await claim();
}

/** Play or pause, as the session stands. */
export const toggle = () => (isPlaying() ? pause() : playHere());

/** Who sounds knows best where that was. */
async function pause() {
  if (!isHere() || !isSounding()) return void (await control("pause"));
  pausing = true;
  audio.pause();
  const isDone = await report({ state: "paused", positionMs: Math.round(heardMs()) });
  pausing = false;
  if (!isDone) await control("pause");
}

/** Whether the session plays, as far as anybody can tell: here, or on a device that may be there. */
export const isPlaying = () =>
  session()?.state === "playing" && !(blocked && !session().device) && !(isOver() && !isHere());

/** Go to a place in the current track. */
export async function seek(ms) {
  if (!allows("seek")) return;
  const place = Math.round(Math.max(0, Math.min(ms, session().durationMs || ms)));
  if (!isHere() || !isLoaded()) return void (await control("seek", { positionMs: place }));
  moveTo(place);
  await report({ positionMs: place });
}

/** Do as the session says; `before` is how it stood. */
function follow(before) {
  const { state, current, durationMs, volume, rate } = session();
  audio.volume = volume / 100;
  audio.defaultPlaybackRate = audio.playbackRate = rate;
  clearTimeout(watch);
  if (!isHere()) {
    quieten();
    if (state === "playing" && current) watchOver(before);
  } else if (!current || state === "stopped") {
    unload();
  } else if (loaded?.entryId !== current.entryId) {
    void open(current, hasBegun() && clockMs() < BEGINNING_MS ? 0 : clockMs());
  } else {
    const isElsewhere = audio.ended ? clockMs() < (durationMs ?? Infinity) : Math.abs(heardMs() - clockMs()) > OFF_MS;
    if (isLoaded() && isElsewhere) moveTo(clockMs());
    if (state === "playing") void start();
    else audio.pause();
  }
  sound.dispatchEvent(new Event("state"));
}

/**
 * Somebody else's play, or nobody's: it is heard here if no other device takes it up.
 *
 * A page that is looked at goes before one that is hidden; the session's revision sees to it that one alone gets it.
 */
function watchOver(before) {
  const { device: named, current } = session();
  const begun = before && (before.state !== "playing" || before.current?.entryId !== current.entryId);
  if ((blocked && !begun) || isOver()) return;
  const patience = named === null ? 0 : begun ? TAKEN_UP_MS : Math.max(TAKEN_UP_MS, GONE_MS - quietMs());
  watch = setTimeout(() => void claimIfAllowed(), patience + (document.hidden ? 400 : 0));
}

async function claimIfAllowed() {
  if (!(await mayPlay())) return settleBlocked(true);
  settleBlocked(false);
  if (session().state === "playing" && !isHere()) await claim();
}

const claim = () => report({ device, positionMs: Math.round(clockMs()) });

/** Say where the sound is, and what else has changed; false if somebody else has changed the session first. */
function report(values = {}) {
  reportedAt = performance.now();
  return put({ ...heardPosition(), ...values }).catch(() => false);
}

/** Where the sound is, unless the session knows: whoever says it needlessly might seem to seek. */
function heardPosition() {
  const isOff = isHere() && isLoaded() && Math.abs(heardMs() - clockMs()) > DRIFT_MS / 2;
  return isOff ? { positionMs: Math.round(heardMs()) } : {};
}

async function open({ entryId, track }, ms) {
  loaded = { entryId, track, format: undefined, offsetMs: 0, pointed: false, retried: false, asking: false };
  const mine = loaded;
  audio.pause();
  if (audio.canPlayType(TYPES[track.format] ?? "") === "") mine.format = await transcodedFormat();
  else await readyMedia().catch(() => {});
  if (loaded !== mine) return;
  if (mine.format !== null) point(ms);
  await start();
}

/** Set the address, so that it begins at that place. */
function point(ms) {
  const { track, format } = loaded;
  const seconds = Math.round(ms) / 1000;
  loaded.pointed = true;
  loaded.offsetMs = format ? seconds * 1000 : 0;
  audio.src = mediaUrl("tracks", track.id, format ? { format, start: seconds || undefined } : {});
  if (!format && seconds > 0.3) audio.currentTime = seconds;
}

function moveTo(ms) {
  if (loaded.format) point(ms);
  else audio.currentTime = ms / 1000;
}

async function start() {
  const mine = loaded;
  if (session().state !== "playing") return;
  if (!audio.paused && !audio.ended) return takeUp();
  if (mine.format === null) return void (await fail(`This browser can't play ${mine.track.format} files.`));
  try {
    await audio.play();
    takeUp();
  } catch (error) {
    if (loaded !== mine) return;
    if (error.name === "NotSupportedError") return void (await atError());
    if (error.name !== "NotAllowedError") return; // another address was set meanwhile
    settleBlocked(true);
    unload();
    await report({ device: null });
  }
}

/** Whoever else has changed the session waits for its device to show that it is there. */
function takeUp() {
  if (isHere() && !isOwn()) void report();
}

async function atEnd() {
  if (!isHere() || !isLoaded()) return;
  const { repeat, state } = session();
  failures = 0;
  if (state !== "playing") return;
  if (repeat === "one") await report({ positionMs: 0 });
  else if (allows("next")) await control("next").catch(() => report({ state: "paused" }));
  else await report({ state: "paused", positionMs: session().durationMs ?? 0 });
}

/** Find out why, since the element does not say: a token that ran out, a file that is gone, or a format. */
async function atError() {
  const mine = loaded;
  if (!isHere() || !mine || mine.asking || session().state !== "playing") return; // silent troubles can wait
  mine.asking = true; // the error event and the refused play() tell of the same
  const place = clockMs();
  const status = await send("GET", audio.getAttribute("src"), {}, { headers: { Range: "bytes=0-0" } }).then(
    (response) => (void response.body?.cancel(), response.status),
    (error) => error.status ?? 0,
  );
  mine.asking = false;
  if (loaded !== mine) return;
  if ((status === 401 || status === 403) && !mine.retried) {
    await readyMedia({ anew: true }).catch(() => {});
    mine.retried = true;
    point(place);
    return void start();
  }
  if (status === 0 || status === 503) return; // told of elsewhere; the session is read anew when it is over
  if (status < 300 && mine.format === undefined) mine.format = await transcodedFormat();
  if (loaded !== mine) return;
  if (status < 300 && mine.format && !mine.retried) {
    mine.retried = true;
    point(place);
    return void start();
  }
  await fail(status === 404 ? "Its file is not there." : `This browser can't play this ${mine.track.format} file.`);
}

/** Pass over what can't be played, but not for ever. */
async function fail(reason) {
  failures += 1;
  const title = loaded.track.title;
  sound.dispatchEvent(new CustomEvent("failed", { detail: { title, reason, stopped: failures >= MOST_FAILURES } }));
  if (failures < MOST_FAILURES && session().state === "playing" && session().repeat !== "one" && allows("next")) {
    await control("next").catch(() => report({ state: "paused", positionMs: 0 }));
  } else {
    await put({ state: "paused", positionMs: 0 }).catch(() => {});
  }
}

/** What to have a track transcoded to; null where the hub can't. */
async function transcodedFormat() {
  const formats = await transcodedFormats().catch(() => []);
  return (
    formats.find((format) => format in TYPES && audio.canPlayType(TYPES[format]) === "probably") ??
    (formats.includes("mp3") ? "mp3" : null)
  );
}

const isLoaded = () => loaded !== null && loaded.entryId === session()?.current?.entryId && loaded.pointed;

const isSounding = () => isLoaded() && !audio.paused && !audio.ended;

const heardMs = () => loaded.offsetMs + audio.currentTime * 1000;

function quieten() {
  loaded = null;
  audio.pause();
}

function unload() {
  quieten();
  audio.removeAttribute("src");
  audio.load();
}

function settleBlocked(is) {
  if (blocked === is) return;
  blocked = is;
  sound.dispatchEvent(new Event("state"));
}

/** A page that goes takes its sound along, and says so: else the session would play on with nobody to hear it. */
function leave() {
  if (!isHere()) return;
  const state = session().state === "playing" ? { state: "paused", positionMs: Math.round(positionMs()) } : {};
  void putNow({ ...state, device: null }, { keepalive: true }).catch(() => {});
}

/** A page that is loaded anew stays the device that it was; one that was duplicated becomes another. */
function deviceId() {
  const [entry] = performance.getEntriesByType("navigation");
  let id = `web-${randomHex(8)}`;
  try {
    if (entry?.type === "reload") id = sessionStorage.getItem("music-hub.tab") ?? id;
    sessionStorage.setItem("music-hub.tab", id);
  } catch {}
  return id;
}
