// Browsers keep pages quiet until somebody has touched them. Whether this one may sound is tried with a bit of silence.

const GESTURES = ["pointerdown", "keydown"];

let allowed = false;

/** Whether sound may begin now. */
export async function mayPlay() {
  allowed ||= navigator.userActivation?.hasBeenActive ?? false;
  if (allowed) return true;
  const probe = new Audio(URL.createObjectURL(silence()));
  try {
    await probe.play();
    allowed = true;
  } catch (error) {
    allowed = error.name !== "NotAllowedError";
  }
  URL.revokeObjectURL(probe.src);
  return allowed;
}

/** Be told of each touch and key, by which a page comes to be allowed to sound. */
export function whenGestured(listener) {
  for (const gesture of GESTURES) addEventListener(gesture, listener, { capture: true, passive: true });
}

/** A tenth of a second of silence, as a WAV file. */
function silence() {
  const samples = 800;
  const bytes = new DataView(new ArrayBuffer(44 + samples));
  const text = (at, word) => [...word].forEach((letter, place) => bytes.setUint8(at + place, letter.charCodeAt(0)));
  text(0, "RIFF");
  bytes.setUint32(4, 36 + samples, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, 8000, true);
  bytes.setUint32(28, 8000, true);
  bytes.setUint16(32, 1, true);
  bytes.setUint16(34, 8, true);
  text(36, "data");
  bytes.setUint32(40, samples, true);
  for (let place = 0; place < samples; place += 1) bytes.setUint8(44 + place, 128);
  return new Blob([bytes], { type: "audio/wav" });
}
