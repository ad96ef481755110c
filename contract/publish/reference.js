"use strict";
// The page is complete without this: here are only the copy buttons, the choice of theme, and a few comforts.

const page = document.documentElement;
const remembered = {
  get(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // a browser may forbid storage
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch {}
  },
};

page.classList.add("scripted");
if (remembered.get("theme")) page.dataset.theme = remembered.get("theme");

document.addEventListener("DOMContentLoaded", () => {
  // Whoever serves this page at its place serves the API, too: a local key is not to be sent to the hosted service.
  if (location.pathname === "/docs/api" && location.origin !== page.dataset.service) nameThisServer(page.dataset.service);
  addThemeButton(document.querySelector(".brand"));
  if (navigator.clipboard) document.querySelectorAll(".code").forEach(addCopyButton);
  rememberLanguage();
  closeMenuOnChoice(document.querySelector(".menu"), document.querySelector("nav"));
  markCurrent([...document.querySelectorAll("nav a")]);
  addEventListener("hashchange", openTarget);
  openTarget();
});

function nameThisServer(service) {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (text.parentElement.closest("code")) text.data = text.data.replaceAll(service, location.origin);
  }
  for (const link of document.querySelectorAll("a[href]")) {
    if (link.href.startsWith(`${service}/`)) link.href = link.href.replace(service, location.origin);
  }
}

function button(label) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  return made;
}

function addThemeButton(brand) {
  const toggle = button("");
  const isDark = () =>
    page.dataset.theme ? page.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const name = () => (toggle.textContent = isDark() ? "Light" : "Dark");
  toggle.addEventListener("click", () => {
    page.dataset.theme = isDark() ? "light" : "dark";
    remembered.set("theme", page.dataset.theme);
    name();
  });
  toggle.title = "Change the theme";
  name();
  brand.after(toggle);
}

function addCopyButton(block) {
  const copy = button("Copy");
  copy.setAttribute("aria-live", "polite");
  copy.addEventListener("click", async () => {
    const code = [...block.querySelectorAll("pre code")].find((shown) => shown.getClientRects().length);
    try {
      await navigator.clipboard.writeText(code.textContent);
      copy.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      copy.textContent = "Selected";
    }
    setTimeout(() => (copy.textContent = "Copy"), 2000);
  });
  block.append(copy);
}

/** A language chosen for one operation is chosen for all of them. */
function rememberLanguage() {
  const choices = [...document.querySelectorAll(".choice input")];
  const choose = (language) => choices.forEach((choice) => (choice.checked = choice.value === language));
  const known = choices.map((choice) => choice.value);
  if (known.includes(remembered.get("language"))) choose(remembered.get("language"));
  for (const choice of choices) {
    choice.addEventListener("change", () => {
      const before = choice.getBoundingClientRect().top;
      choose(choice.value);
      scrollBy(0, choice.getBoundingClientRect().top - before);
      remembered.set("language", choice.value);
    });
  }
}

function closeMenuOnChoice(menu, contents) {
  addEventListener("hashchange", () => (menu.open = false));
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a")) menu.open = false;
  });
}

/** The link of the part being read says so: the last heading that has come near the top of the window. */
function markCurrent(links) {
  const parts = links.map((link) => [document.getElementById(link.hash.slice(1)), link]);
  let current;
  const mark = () => {
    const above = parts.filter(([heading]) => heading.getBoundingClientRect().top < Math.min(innerHeight / 3, 200));
    const read = above.at(-1)?.[1];
    if (read === current) return;
    current?.removeAttribute("aria-current");
    read?.setAttribute("aria-current", "location");
    if (read) bringIntoSight(read, document.querySelector(".side"));
    current = read;
  };
  addEventListener("scroll", mark, { passive: true });
  addEventListener("resize", mark);
  mark();
}

/** Contents that are longer than the window follow the reader. */
function bringIntoSight(link, side) {
  const { top, bottom } = link.getBoundingClientRect();
  if (top < 0 || bottom > side.clientHeight) side.scrollTop += top - side.clientHeight / 3;
}

/** An error that was linked to shows its body. */
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  const body = target?.querySelector(":scope > details");
  if (body) body.open = true;
}
