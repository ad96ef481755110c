"use strict";
// What is shared, played. Everything that comes from the hub is put in as text; nothing here writes markup.
(() => {
  const [, , kind, id] = location.pathname.split("/");
  const key = new URLSearchParams(location.search).get("key");
  const asked = key === null ? "" : `?key=${encodeURIComponent(key)}`;
  const bootstrap = `/api/share/${kind}/${id}/bootstrap${asked}`;
  const heartbeat = "/api/share/session/heartbeat";
  const one = (selector) => document.querySelector(selector);

  one(".plain").hidden = true; // which says that there is no script

  const item = one(".item");
  const list = one(".tracks");
  const start = one(".start");
  const player = one(".player");
  const position = one(".progress input");
  const elapsed = one(".elapsed");
  const total = one(".total");
  const toggle = one(".main");
  const [previous, next] = [one(".previous"), one(".next")];
  const trouble = one(".trouble");
  const away = "The hub can't be reached at the moment.";
  const audio = new Audio();
  audio.preload = "auto";

  let session = null;
  let tracks = [];
  let current = -1;
  let transcoded = false;
  let again = false;
  let dragging = false;
  let timer = 0;
  let over = false;

  // The session

  async function open() {
    const answer = await fetch(bootstrap, { cache: "no-store" });
    if (answer.status === 404) {
      end();
      return false;
    }
    if (!answer.ok) throw new Error("the hub can't answer now");
    session = await answer.json();
    clearInterval(timer);
    timer = setInterval(keep, session.heartbeatSeconds * 1000);
    return true;
  }

  /** Whether the session lives, or another one could be had in its place. */
  async function keep() {
    if (over) return false;
    try {
      const answer = await fetch(heartbeat, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ shareSessionId: session.shareSessionId }),
        cache: "no-store",
      });
      return answer.status === 404 ? await open() : answer.ok;
    } catch {
      return false; // out of reach for the moment; the next heartbeat will tell
    }
  }

  function end() {
    over = true;
    clearInterval(timer);
    audio.removeAttribute("src");
    audio.load();
    list.replaceChildren();
    item.hidden = player.hidden = true;
    one(".over").hidden = false;
    document.title = one(".over h1").textContent;
    one(".over h1").focus();
    if ("mediaSession" in navigator) navigator.mediaSession.metadata = null;
  }

  // The tracks

  function show() {
    tracks = session.item.tracks;
    list.replaceChildren(...tracks.map(row));
    start.hidden = tracks.length === 0;
  }

  function row(track, index) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "row";
    const words = document.createElement("span");
    words.append(text("title", track.title), text("artist", track.artist));
    button.append(words, text("length", clock(track.durationMs / 1000)));
    button.addEventListener("click", () => (index === current ? playOrPause() : play(index)));
    const entry = document.createElement("li");
    entry.append(button);
    return entry;
  }

  function text(name, content) {
    const span = document.createElement("span");
    span.className = name;
    if (name !== "length") span.dir = "auto";
    span.textContent = content;
    return span;
  }

  // The sound

  const withToken = (url, more = "") => `${url}?token=${encodeURIComponent(session.mediaToken)}${more}`;

  function play(index, at = 0) {
    current = index;
    transcoded = again = false;
    load(at);
    const track = tracks[index];
    one(".now").replaceChildren(text("title", track.title), text("artist", track.artist));
    player.hidden = false;
    trouble.hidden = true;
    [...list.querySelectorAll(".row")].forEach((button, place) => {
      if (place === index) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
    next.disabled = index === tracks.length - 1;
    tell(track);
  }

  function load(at) {
    audio.src = withToken(tracks[current].url, transcoded ? "&format=mp3" : "");
    if (at) audio.currentTime = at;
    position.disabled = transcoded; // which has no places to go to
    audio.play().catch(() => undefined); // a browser that wants a click first has a button for it
    draw();
  }

  function playOrPause() {
    if (current < 0) play(0);
    else if (audio.error) play(current, audio.currentTime);
    else if (audio.paused) audio.play().catch(() => undefined);
    else audio.pause();
  }

  const skip = (by) => {
    if (current + by >= 0 && current + by < tracks.length) play(current + by);
  };

  const back = () => (audio.currentTime > 3 || current === 0 ? seek(0) : skip(-1));

  function seek(to) {
    if (current < 0) return;
    audio.currentTime = Math.min(Math.max(to, 0), duration());
    draw();
  }

  const duration = () => (Number.isFinite(audio.duration) ? audio.duration : tracks[current].durationMs / 1000);

  // The share or its session has ended, or the connection broke, or the browser can't play such a file.
  audio.addEventListener("error", async () => {
    if (over || current < 0) return;
    const [at, before, code] = [audio.currentTime, session, audio.error?.code];
    const lives = await keep();
    if (over) return;
    if (!lives) say(away);
    else if (session !== before) goOn(at);
    else if (code === MediaError.MEDIA_ERR_NETWORK && !again) {
      again = true;
      load(at);
    } else if (!transcoded) {
      transcoded = true;
      load(at);
    } else silent();
  });

  /** With what is shared now, which need not be what it was. */
  function goOn(at) {
    const playing = tracks[current].id;
    show();
    const index = tracks.findIndex((track) => track.id === playing);
    if (index >= 0) play(index, at);
    else {
      current = -1;
      player.hidden = true;
    }
  }

  function silent() {
    list.children[current]?.firstChild.classList.add("silent");
    const name = tracks[current].title;
    skip(1);
    say(`“${name}” can't be played here.`);
  }

  function say(words) {
    trouble.textContent = words;
    trouble.hidden = player.hidden = false;
  }

  audio.addEventListener("ended", () => (current + 1 < tracks.length ? skip(1) : draw()));
  for (const event of ["play", "pause", "timeupdate", "durationchange"]) audio.addEventListener(event, draw);
  audio.addEventListener("playing", () => {
    again = false;
  });

  // What is seen of it

  function draw() {
    if (current < 0) return;
    const playing = !audio.paused && !audio.ended;
    for (const button of [toggle, start]) {
      button.querySelector(".pausing").toggleAttribute("hidden", !playing);
      button.querySelector(".playing").toggleAttribute("hidden", playing);
    }
    toggle.setAttribute("aria-label", playing ? "Pause" : "Play");
    start.lastChild.textContent = playing ? "Pause" : "Play";
    const [at, length] = [audio.currentTime, duration()];
    position.max = Math.ceil(length);
    if (!dragging) position.value = at;
    place(dragging ? Number(position.value) : at, length);
    if ("mediaSession" in navigator) navigator.mediaSession.playbackState = playing ? "playing" : "paused";
  }

  function place(at, length) {
    elapsed.textContent = clock(at);
    total.textContent = clock(length);
    position.setAttribute("aria-valuetext", `${clock(at)} of ${clock(length)}`);
  }

  function clock(seconds) {
    const whole = Math.floor(seconds);
    const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const two = (number) => String(number).padStart(2, "0");
    return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  }

  function tell(track) {
    if (!("mediaSession" in navigator)) return;
    navigator.mediaSession.metadata = new MediaMetadata({
      title: track.title,
      artist: track.artist,
      artwork: track.coverUrl ? [{ src: withToken(track.coverUrl, "&size=512"), sizes: "512x512" }] : [],
    });
  }

  // Keys and buttons

  start.addEventListener("click", playOrPause);
  toggle.addEventListener("click", playOrPause);
  previous.addEventListener("click", back);
  next.addEventListener("click", () => skip(1));
  position.addEventListener("input", () => {
    dragging = true;
    place(Number(position.value), duration());
  });
  position.addEventListener("change", () => {
    dragging = false;
    seek(Number(position.value));
  });
  document.addEventListener("keydown", (event) => {
    if (over || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("button, input, a")) return;
    if (event.key === " ") playOrPause();
    else if (event.key === "ArrowRight") seek(audio.currentTime + 5);
    else if (event.key === "ArrowLeft") seek(audio.currentTime - 5);
    else return;
    event.preventDefault();
  });
  if ("mediaSession" in navigator) {
    const actions = {
      play: playOrPause,
      pause: playOrPause,
      previoustrack: back,
      nexttrack: () => skip(1),
      seekto: (details) => seek(details.seekTime),
    };
    for (const [action, handler] of Object.entries(actions)) navigator.mediaSession.setActionHandler(action, handler);
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && session) keep();
  });

  open().then(
    (there) => there && show(),
    () => say(`${away} Load this page again in a while.`),
  );
})();
