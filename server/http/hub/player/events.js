// Server-sent events over fetch, since EventSource can't carry a token; one stream serves all tabs of the browser.

import { send } from "./api.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const SILENCE_MS = 60_000; // the hub says something, if only a comment, more often than that

/**
 * Follow a feed until the signal says to stop; `heard` gets each event, and `began` is called whenever it (re)starts.
 *
 * A browser keeps about six connections to one server for all its tabs: so one tab holds the stream, tells the others,
 * and when it is closed the next one takes over.
 */
export function followShared(path, heard, began) {
  if (!navigator.locks || !globalThis.BroadcastChannel) return follow(path, heard, began);
  const channel = new BroadcastChannel(`music-hub${path}`);
  const pass = (deed) => (value) => (channel.postMessage({ deed, value }), (deed === "heard" ? heard : began)(value));
  channel.addEventListener("message", ({ data }) => (data.deed === "heard" ? heard : began)(data.value));
  began();
  return navigator.locks.request(`music-hub${path}`, () => follow(path, pass("heard"), pass("began")));
}

export async function follow(path, heard, began = () => {}, signal) {
  let last = null;
  let pause = FIRST_PAUSE_MS;
  while (!signal?.aborted) {
    try {
      for await (const event of stream(path, last, signal)) {
        if (event.begun) began();
        else heard(event);
        last = event.id ?? last;
        pause = event.retry ?? FIRST_PAUSE_MS;
      }
    } catch (error) {
      if (error.status === 404 || error.status === 403) return;
    }
    await elapsed(pause * (0.75 + Math.random() / 2), signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

async function* stream(path, last, signal) {
  const broken = new AbortController();
  const stop = () => broken.abort();
  signal?.addEventListener("abort", stop);
  let watch = setTimeout(stop, SILENCE_MS);
  try {
    const headers = { Accept: "text/event-stream", ...(last === null ? {} : { "Last-Event-ID": last }) };
    const response = await send("GET", path, {}, { signal: broken.signal, headers });
    yield { begun: true };
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new Parser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(watch);
      watch = setTimeout(stop, SILENCE_MS);
      yield* parser.events(value);
    }
  } finally {
    clearTimeout(watch);
    signal?.removeEventListener("abort", stop);
    broken.abort();
  }
}

/** The event stream format of the HTML standard, as far as a hub writes it. */
class Parser {
  #rest = "";
  #event = {};

  *events(text) {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (this.#event.data !== undefined) yield this.#event;
        this.#event = {};
        continue;
      }
      const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
      if (name === "data") this.#event.data = this.#event.data === undefined ? value : `${this.#event.data}\n${value}`;
      if (name === "event") this.#event.name = value;
      if (name === "id") this.#event.id = value;
      if (name === "retry") this.#event.retry = Number(value) || undefined;
    }
  }
}

function elapsed(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const now = () => (clearTimeout(timer), resolve());
    signal?.addEventListener("abort", now, { once: true });
    globalThis.addEventListener?.("online", now, { once: true });
  });
}
