// The hub's one playback session as this page knows it: it is shown, it is played, and changes of it are asked for.

import { ask, get } from "./api.js";

const PAGE = 50;
const LONG_PAGE = 200;

/** Told of by "change", with the session before in its detail. */
export const changes = new EventTarget();

let present = null;
let knownAt = 0;
let written = 0;
let begun = null;
let wanted = PAGE;
let loading = null;
let line = Promise.resolve();
let again = false;

/** The session, or null before it was read. */
export const session = () => present;

export const current = () => present?.current ?? null;

/** Where the current track is, if whatever plays it has done nothing since but play. */
export function clockMs() {
  if (!present?.current) return 0;
  const ran = present.state === "playing" ? (performance.now() - knownAt) * present.rate : 0;
  return Math.min(present.positionNowMs + ran, present.durationMs || Infinity);
}

/** Whether it says that it plays, but has come to the end of its track with nobody to go on. */
export const isOver = () => present?.state === "playing" && clockMs() >= (present.durationMs || Infinity);

/** How long nobody has written the session, as far as its clock tells. */
export const quietMs = () => (present.positionNowMs - present.positionMs) / present.rate + performance.now() - knownAt;

/** Whether the current entry has become current before the eyes of this page. */
export const hasBegun = () => present?.current !== null && begun === present?.current.entryId;

/** Whether this page was the last to write it. */
export const isOwn = () => present.revision === written;

/** Whether it allows that now. */
export const allows = (action) => present?.allowedActions.includes(action) ?? false;

/** How many entries of the queue come with the session from now on. */
export function wantQueue(isShown) {
  wanted = isShown ? LONG_PAGE : PAGE;
  return load();
}

/** Read the session; calls that come while it is being read are answered by one more reading. */
export function load() {
  if (loading) {
    again = true;
    return loading;
  }
  loading = read().finally(() => (loading = null));
  return loading;
}

async function read() {
  do {
    again = false;
    const asked = performance.now();
    accept(await get("/api/playback/session", { queueLimit: wanted }), asked);
  } while (again);
}

/** Carry out one verb of a player. */
export const control = (action, more = {}) => change("POST", "/api/playback/control", { action, ...more });

/** Put tracks, or all that an id stands for, into the queue. */
export const enqueue = (what) => change("POST", "/api/playback/queue", what);

/** Clear, remove and move entries. */
export const editQueue = (what) => change("PATCH", "/api/playback/queue", what);

export const goBack = () => change("POST", "/api/playback/history/back");

/** Write part of the session as it is to be; false if somebody has changed it first, who is heard then. */
export const put = (values) => inTurn(() => putNow(values));

/** The same at once, for a page that goes. */
export async function putNow(values, options) {
  const asked = performance.now();
  try {
    const answer = await ask("PUT", "/api/playback/session", { revision: present.revision, ...values }, options);
    written = answer.revision;
    accept(answer, asked);
    return true;
  } catch (error) {
    if (error.code !== "stale_revision" || !error.current) throw error;
    accept(error.current, asked);
    return false;
  }
}

const change = (method, path, values) =>
  inTurn(async () => {
    const asked = performance.now();
    const answer = await ask(method, path, values);
    written = answer.revision;
    accept(answer, asked);
    if (wanted === LONG_PAGE) void load();
    return answer;
  });

/** One write at a time, so that this page does not make its own revisions stale. */
function inTurn(write) {
  const done = line.then(write);
  line = done.catch(() => {});
  return done;
}

/** Take what the hub answered, unless something newer is known. */
function accept(answer, asked) {
  // A lower revision of an answer that was asked for later is that of a hub that began anew.
  if (present && answer.revision < present.revision && asked < knownAt) return;
  const before = present;
  if (before && before.current?.entryId !== answer.current?.entryId) begun = answer.current?.entryId;
  present = answer;
  knownAt = performance.now();
  changes.dispatchEvent(new CustomEvent("change", { detail: before }));
}
