// Long lists, a page at a time: more comes when its end comes into sight, or when its button is pressed.

import { button, h } from "./elements.js";

/**
 * Fill a list page by page.
 *
 * @param {Element} list Where the rows go.
 * @param {(cursor: any) => Promise<{rows: Element[], next: any}>} fetchPage The rows of a page; next is null at the end.
 * @returns {Promise<Element>} The list with its button, once its first page is there.
 */
export async function paged(list, fetchPage) {
  const box = h("div", { class: "paged" }, list);
  const first = await fetchPage(undefined);
  list.append(...first.rows);
  let { next } = first;
  if (next === null) return box;
  const more = button("Show more", () => void load(), { class: "more" });
  let loading = false;
  const load = async () => {
    if (loading) return;
    loading = true;
    try {
      const page = await fetchPage(next);
      next = page.next;
      const held = document.activeElement === more;
      list.append(...page.rows);
      if (held) page.rows[0]?.querySelector("button, a")?.focus({ preventScroll: true });
      if (next === null) finish();
      else if (more.isConnected) (watcher.unobserve(more), watcher.observe(more)); // it may still be in sight
    } catch {
      more.querySelector("span").textContent = "Try again"; // the page says what is wrong
      watcher.disconnect();
    } finally {
      loading = false;
    }
  };
  const watcher = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && void load(), {
    rootMargin: "800px",
  });
  const finish = () => (watcher.disconnect(), more.remove());
  box.append(more);
  watcher.observe(more);
  return box;
}
