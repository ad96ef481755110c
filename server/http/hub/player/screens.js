// What takes the page's place when the hub can't be used: pairing, a damaged database, no answer at all.

import { get, pair } from "./api.js";
import { heading } from "./cards.js";
import { button, h, thisBrowser } from "./elements.js";

const AGAIN_MS = 2_000;
const LATEST_AGAIN_MS = 15_000;

let screen = null;

/** Ask for the code that the hub's own machine shows, until it is right. */
export function askToPair(code = "") {
  return new Promise((paired) => {
    const field = h("input", {
      name: "code",
      type: "text",
      required: true,
      maxlength: 100,
      value: code,
      autocomplete: "one-time-code",
      autocapitalize: "off",
      spellcheck: "false",
    });
    const name = h("input", {
      name: "name",
      type: "text",
      required: true,
      maxlength: 100,
      value: thisBrowser(),
      autocomplete: "off",
    });
    const trouble = h("p", { class: "trouble", role: "alert" });
    const go = h("button", { type: "submit", class: "strong" }, "Pair");
    const submit = async (event) => {
      event.preventDefault();
      go.disabled = true;
      trouble.textContent = "";
      try {
        await pair(field.value.trim(), name.value.trim());
        leave();
        paired();
      } catch (error) {
        trouble.textContent = `${error.message} ${error.nextStep ?? ""}`.trim();
        field.select();
      } finally {
        go.disabled = false;
      }
    };
    cover(
      "Pair this device",
      h("p", {}, "This hub does not know this device yet. On the hub's machine, run:"),
      h("pre", { tabindex: "0", "aria-label": "Command" }, h("code", {}, "musicengine-mcp devices arm")),
      h(
        "form",
        { on: { submit } },
        h("label", {}, h("span", {}, "Pairing code"), field),
        h("label", {}, h("span", {}, "Name of this device"), name),
        trouble,
        go,
      ),
    );
    (code ? go : field).focus();
  });
}

/** Say what is wrong with the hub's databases, and go on by itself when it is over. */
export const untilHealthy = (message) =>
  wait("The library is out of order", [
    h("p", {}, message || "A database of the hub is damaged. Nothing was deleted."),
    h("p", {}, "The way out, on the hub's machine:"),
    h("pre", { tabindex: "0", "aria-label": "Command" }, h("code", {}, "musicengine-mcp rebuild")),
    h(
      "p",
      { class: "soft" },
      "It keeps the damaged files, saves what can be read, and scans your music again. This page goes on by itself then.",
    ),
  ]);

/** Say that the hub does not answer, and go on by itself when it does. */
export const untilAnswered = () =>
  wait("The hub does not answer", [
    h("p", {}, "Is it running? On its machine:"),
    h("pre", { tabindex: "0", "aria-label": "Command" }, h("code", {}, "musicengine-mcp serve")),
    h("p", { class: "soft" }, "This page goes on by itself then."),
  ]);

async function wait(title, content) {
  let now;
  cover(
    title,
    ...content,
    button("Try again", () => now?.(), { class: "strong" }),
  );
  for (let pause = AGAIN_MS; ; pause = Math.min(pause * 1.5, LATEST_AGAIN_MS)) {
    await new Promise((resolve) => (setTimeout(resolve, pause), (now = resolve)));
    const info = await get("/api/info").catch(() => null);
    if (info?.databaseHealth.status !== "healthy") continue;
    leave();
    return info;
  }
}

function cover(title, ...content) {
  leave();
  screen = h("main", { class: "screen" }, h("article", { class: "calm" }, heading(title), ...content));
  for (const each of document.body.children) if (each.id !== "toasts") each.inert = true;
  document.body.append(screen);
  document.body.classList.add("covered");
  screen.querySelector("h1").focus();
}

function leave() {
  screen?.remove();
  screen = null;
  for (const each of document.body.children) each.inert = false;
  document.body.classList.remove("covered");
}
