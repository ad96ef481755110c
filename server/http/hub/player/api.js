// Calls of the hub, and who this page is to it: nobody in particular on the hub's own machine, else a paired device.

const KEPT = "music-hub.device";
const EARLY_MS = 60_000;

/** What the hub refused, in its own words. */
export class Refused extends Error {
  constructor(status, body) {
    super(body?.error?.message ?? "The hub could not answer.");
    this.status = status;
    this.code = body?.error?.code ?? "";
    this.field = body?.error?.field ?? null;
    this.nextStep = body?.error?.next_step ?? body?.error?.nextStep ?? "";
    this.current = body?.current ?? null;
  }
}

/** The hub did not answer at all. */
export class Unreachable extends Error {}

/** Told of by `api`: "unpaired", "unavailable", "unreachable" and "answered". */
export const trouble = new EventTarget();

let device = kept();
let media = null;
let formats = null;
let refreshing = null;

/** Call the hub: what is asked goes into the query of a GET, and into the JSON body of anything else. */
export async function ask(method, path, values = {}, options = {}) {
  const response = await send(method, path, values, options);
  trouble.dispatchEvent(new Event("answered"));
  return response.json();
}

export const get = (path, values, options) => ask("GET", path, values, options);

/** The response to a request that was let in; a token that has run out is exchanged, once. */
export async function send(method, path, values = {}, { signal, headers = {}, keepalive = false } = {}) {
  if (device?.expiresAt < Date.now() + EARLY_MS) await refresh(device.accessToken);
  const [url, body] = method === "GET" ? [`${path}${query(values)}`, undefined] : [path, JSON.stringify(values)];
  for (let attempt = 1; ; attempt += 1) {
    const used = device?.accessToken;
    const response = await reach(url, {
      method,
      body,
      signal,
      keepalive,
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(used ? { Authorization: `Bearer ${used}` } : {}),
        ...headers,
      },
    });
    if (response.ok) return response;
    const refused = new Refused(response.status, await response.json().catch(() => null));
    if (response.status === 401 && used && attempt === 1 && (await refresh(used))) continue;
    if (response.status === 401 && !isPaired()) tell("unpaired", refused);
    if (refused.code === "database_unavailable") tell("unavailable", refused);
    throw refused;
  }
}

/** Whether this page bears tokens of a paired device. */
export const isPaired = () => device !== null;

/** Become a paired device by a code that the hub's own machine shows. */
export async function pair(pairingCode, deviceName) {
  const deviceId = device?.deviceId ?? `web-${randomHex(12)}`;
  const url = "/api/auth/pair";
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ pairingCode, deviceId, deviceName });
  const response = await reach(url, { method: "POST", headers, body });
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => null));
  keep(deviceId, await response.json());
}

/** The address of a track's sound or of a cover; a paired device's carries a token, for it can't carry a header. */
export function mediaUrl(kind, id, values = {}) {
  return `/api/media/${kind}/${encodeURIComponent(id)}${query({ ...values, token: media?.token })}`;
}

/** Have a token for media where one is needed. */
export async function readyMedia({ anew = false } = {}) {
  if (isPaired() && (anew || !media || media.expiresAt < Date.now() + EARLY_MS)) await startMedia();
}

async function startMedia() {
  const asked = Date.now();
  const answer = await ask("POST", "/api/media/session");
  media = { token: isPaired() ? answer.mediaToken : null, expiresAt: moment(answer, asked) };
  formats = answer.transcodesTo;
}

/** What tracks can be transcoded to, which is asked for only once a track needs it. */
export async function transcodedFormats() {
  if (formats === null) await startMedia();
  return formats;
}

export const randomHex = (bytes) =>
  [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function reach(url, options) {
  try {
    return await fetch(url, { cache: "no-store", credentials: "omit", redirect: "error", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    tell("unreachable", error);
    throw new Unreachable("The hub does not answer.");
  }
}

/** Exchange the refresh token, one tab at a time: a token that was used twice would end the pairing. */
async function refresh(used) {
  refreshing ??= alone("music-hub.refresh", () => exchange(used)).finally(() => (refreshing = null));
  return refreshing;
}

const alone = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());

async function exchange(used) {
  device = kept();
  if (!device) return false;
  if (device.accessToken !== used) return true; // another tab has done it
  const { deviceId, refreshToken } = device;
  const response = await reach("/api/auth/refresh", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ deviceId, refreshToken }),
  });
  if (response.ok) {
    keep(deviceId, await response.json());
    return true;
  }
  if (response.status === 401) forget();
  return false;
}

function keep(deviceId, answer) {
  const { accessToken, refreshToken } = answer;
  device = { deviceId, accessToken, refreshToken, expiresAt: moment(answer, Date.now()) };
  try {
    localStorage.setItem(KEPT, JSON.stringify(device));
  } catch {} // then it is kept for as long as the page is open
}

function forget() {
  device = null;
  media = null;
  try {
    localStorage.removeItem(KEPT);
  } catch {}
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? device ?? null;
  } catch {
    return null;
  }
}

/** When it runs out, by this machine's clock where the hub says for how long. */
function moment({ expiresIn, expiresAt }, asked) {
  return expiresIn ? asked + expiresIn * 1000 : Date.parse(expiresAt);
}

function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

function tell(name, cause) {
  trouble.dispatchEvent(new CustomEvent(name, { detail: cause }));
}
