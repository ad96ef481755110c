// The controls that the system offers: on the lock screen, on a headset, on the keyboard.

import { deeds } from "./controls.js";
import { coverUrl, pictureOf } from "./covers.js";
import { changes, control, current, session } from "./session.js";
import { isHere, isPlaying, positionMs, seek, sound } from "./sound.js";

export function setUpMediaSession() {
  const { mediaSession } = navigator;
  if (!mediaSession) return;
  const handlers = {
    play: () => isPlaying() || deeds.toggle(),
    pause: () => isPlaying() && deeds.toggle(),
    stop: () => control("stop").catch(() => {}),
    nexttrack: deeds.next,
    previoustrack: deeds.previous,
    seekto: ({ seekTime }) => void seek(seekTime * 1000),
    seekbackward: ({ seekOffset }) => void deeds.skip(-(seekOffset || 10) * 1000),
    seekforward: ({ seekOffset }) => void deeds.skip((seekOffset || 10) * 1000),
  };
  for (const [action, handler] of Object.entries(handlers)) {
    try {
      mediaSession.setActionHandler(action, handler);
    } catch {} // one that this browser does not know
  }
  let shown = null;
  const update = () => {
    const track = isHere() ? current()?.track : null;
    mediaSession.playbackState = track ? (session().state === "playing" ? "playing" : "paused") : "none";
    if (track?.id !== shown) {
      shown = track?.id;
      mediaSession.metadata = track
        ? new MediaMetadata({
            title: track.title,
            artist: track.artist,
            album: track.album ?? "",
            artwork: artwork(track),
          })
        : null;
    }
    const { durationMs, rate } = session();
    if (track && durationMs) {
      mediaSession.setPositionState?.({
        duration: durationMs / 1000,
        playbackRate: rate,
        position: Math.min(positionMs(), durationMs) / 1000,
      });
    }
  };
  changes.addEventListener("change", update);
  sound.addEventListener("state", update);
}

function artwork(track) {
  const id = pictureOf(track);
  return id ? [256, 512].map((size) => ({ src: coverUrl(id, size), sizes: `${size}x${size}` })) : [];
}
