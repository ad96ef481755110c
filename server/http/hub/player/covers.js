// Covers: the picture where there is one, and until it is there, or if there is none, one drawn from the id.

import { mediaUrl } from "./api.js";
import { h } from "./elements.js";

const SIZES = [64, 128, 256, 512, 1024];

/** What shows for a track, album, artist or playlist; `edge` is how many pixels wide it is. */
export function cover({ id, pictureId = null, title }, edge, attributes = {}) {
  const [hue, turn, x] = numbers(id);
  const box = h(
    "span",
    { "aria-hidden": "true", ...attributes, class: `cover ${attributes.class ?? ""}` },
    h("span", {}, initials(title)),
  );
  box.style.setProperty("--hue", String(hue % 360));
  box.style.setProperty("--turn", `${turn % 360}deg`);
  box.style.setProperty("--x", `${x % 100}%`);
  if (pictureId) box.append(picture(pictureId, edge));
  return box;
}

/** Of a track: its album's picture, so that it is fetched once for all its tracks. */
export const coverOfTrack = (track, edge, attributes) =>
  cover(
    { id: track.albumId ?? track.id, pictureId: pictureOf(track), title: track.album ?? track.title },
    edge,
    attributes,
  );

export const pictureOf = (track) => (track.hasCover ? (track.albumId ?? track.id) : null);

export const coverOfAlbum = (album, edge, attributes) =>
  cover({ id: album.id, pictureId: album.hasCover ? album.id : null, title: album.title }, edge, attributes);

/** Of a playlist: up to four of its albums. */
export function mosaic(playlist, tracks, edge) {
  const pictures = [...new Set(tracks.map(pictureOf).filter(Boolean))];
  if (pictures.length < 4) return cover({ id: playlist.id, pictureId: pictures[0], title: playlist.name }, edge);
  const box = cover({ id: playlist.id, title: "" }, edge, { class: "mosaic" });
  box.replaceChildren(...pictures.slice(0, 4).map((id) => picture(id, edge / 2)));
  return box;
}

export const coverUrl = (id, edge) =>
  mediaUrl("covers", id, { size: SIZES.find((size) => size >= edge) ?? SIZES.at(-1) });

function picture(id, edge) {
  const image = h("img", {
    alt: "",
    loading: "lazy",
    decoding: "async",
    width: Math.round(edge),
    height: Math.round(edge),
  });
  image.addEventListener("load", () => image.classList.add("there"));
  image.addEventListener("error", () => image.remove());
  image.src = coverUrl(id, edge * Math.min(devicePixelRatio || 1, 2));
  return image;
}

/** Numbers that belong to an id: the same each time, and unlike those of the next one. */
function numbers(id) {
  let hash = 2166136261;
  for (const letter of id) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619) >>> 0;
  return [hash, hash >>> 9, hash >>> 18];
}

function initials(title) {
  const words = (title ?? "").split(/[^\p{L}\p{N}]+/u).filter((word) => word && !/^(the|a|an)$/i.test(word));
  const letters = words.slice(0, 2).map((word) => [...word][0]);
  return letters.join("").toLocaleUpperCase() || "♪";
}
