// What opens over the page: menus, and dialogs that ask for something.

import { button, h, icon } from "./elements.js";

let shown = null;

/** A menu beside the button that opens it; each item has a label, an icon, and what to do. */
export function openMenu(anchor, items, label) {
  closeMenu();
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, popover: "auto" });
  for (const item of items.filter(Boolean)) {
    const act = () => (closeMenu(), item.run());
    menu.append(
      h(
        "button",
        { type: "button", role: "menuitem", tabindex: "-1", on: { click: act } },
        icon(item.icon),
        h("span", {}, item.label),
      ),
    );
  }
  menu.addEventListener("keydown", (event) => move(event, menu));
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const back = menu.contains(document.activeElement) || document.activeElement === document.body;
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (back) anchor.focus();
    shown = null;
  });
  document.body.append(menu);
  anchor.setAttribute("aria-expanded", "true");
  menu.showPopover();
  place(menu, anchor.getBoundingClientRect());
  menu.firstElementChild.focus();
  shown = menu;
}

function closeMenu() {
  if (shown?.isConnected) shown.hidePopover();
}

function place(menu, at) {
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + 4 + height < innerHeight;
  menu.style.setProperty("--left", `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`);
  menu.style.setProperty("--at", `${Math.max(8, below ? at.bottom + 4 : at.top - height - 4)}px`);
}

function move(event, menu) {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Tab") closeMenu();
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  items.at(to % items.length).focus();
}

/** Ask for a line of text; undefined if the dialog is closed without any. `act` may refuse it with an error. */
export function askText({ title, label, value = "", action, act, more = null, maxlength = 200 }) {
  const input = h("input", { type: "text", name: "text", value, maxlength, required: true, autocomplete: "off" });
  const fields = [h("label", {}, h("span", {}, label), input), more];
  return ask(title, fields, action, () => act(input.value.trim()));
}

/** Ask whether to go on; true or undefined. */
export const confirm = ({ title, text, action, act }) => ask(title, [h("p", {}, text)], action, act, true);

/** Show something until it is closed. */
export const show = (title, ...content) => ask(title, content, null, null);

function ask(title, content, action, act, isGrave = false) {
  return new Promise((resolve) => {
    const trouble = h("p", { class: "trouble", role: "alert" });
    const close = button(action ? "Cancel" : "Close", () => dialog.close(), { class: "plain" });
    const go = action && h("button", { type: "submit", class: isGrave ? "grave" : "strong" }, action);
    const form = h(
      "form",
      { method: "dialog" },
      h("h2", {}, title),
      content,
      trouble,
      h("div", { class: "ends" }, close, go),
    );
    const dialog = h("dialog", { "aria-label": title }, form);
    let answer;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!act) return dialog.close();
      try {
        go.disabled = true;
        answer = (await act()) ?? true;
        dialog.close();
      } catch (error) {
        trouble.textContent = `${error.message} ${error.nextStep ?? ""}`.trim();
      } finally {
        go.disabled = false;
      }
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => (dialog.remove(), resolve(answer)));
    document.body.append(dialog);
    dialog.showModal();
  });
}
