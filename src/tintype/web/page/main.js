// SPDX-License-Identifier: Apache-2.0
// The page: photographs come in, are coloured, compared, steered, and taken home.

import { adoptToken, get, keepToken, post, Problem } from "./api.js";
import "./compare.js";
import "./hints.js";
import "./likely.js";
import "./list.js";
import "./options.js";
import { Photo, save } from "./photo.js";

const PREVIEW = 384; // pixels of the short side of what follows a slider while it moves
const at = (id) => document.getElementById(id);
const [compare, options, hints, likely, list] =
  ["compare", "options", "hints", "likely", "list"].map(at);

let photos = [];
let shown = null; // the photograph on the desk
let preview = null; // promise of a small copy of it
let working = new AbortController(); // what is being made of it

async function start() {
  adoptToken();
  try {
    await options.load();
    const networks = await (await get("v1/models")).json();
    const steers = networks.some((network) => network.used && network.hints);
    hints.hidden = !steers;
    likely.steers = steers;
    say("");
  } catch (error) {
    if (error.status !== 401) throw error;
    at("token").hidden = false;
  }
}

function take(files) {
  const taken = [...files];
  if (!taken.length) return;
  photos.forEach((photo) => photo.release());
  photos = taken.map((file) => new Photo(file));
  at("welcome").hidden = true;
  at("desk").hidden = false;
  if (photos.length > 1) list.run(photos, options.query);
  else list.hidden = true;
  show(photos[0]);
}

/** Put a photograph on the desk. */
async function show(photo) {
  shown = photo;
  list.show(photo);
  likely.clear();
  await attempt(async (signal) => {
    await compare.showBefore(await photo.before(signal));
    preview = compare.preview(PREVIEW);
    hints.show(photo, compare);
    await finish(photo, signal);
  });
}

/** Make the whole photograph and show it. */
async function finish(photo, signal) {
  const began = performance.now();
  const address = await photo.after(options.query, signal);
  if (signal.aborted) return;
  await compare.showAfter(address);
  const { width, height } = compare.size;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { wasColored } = await photo.result(options.query, signal);
  const replaced = wasColored ? " It had colours of its own, which these replace." : "";
  say(`${photo.name}: ${width} × ${height} pixels coloured in ${seconds} s.${replaced}`);
}

/** Show at once, small, what the options or hints make of it. */
async function follow() {
  if (!shown || !preview) return;
  await attempt(async (signal) => {
    const small = await preview;
    const query = { ...options.query, format: "jpeg" };
    if (shown.hints.length) query.hints = JSON.stringify(await shrink(small));
    const answer = await post("v1/colorize", query, small, signal);
    const address = URL.createObjectURL(await answer.blob());
    if (!signal.aborted) await compare.showAfter(address);
    URL.revokeObjectURL(address);
  });
}

/** The hints in pixels of the small copy. */
async function shrink(small) {
  const { width } = await createImageBitmap(small);
  const scale = width / compare.size.width;
  return shown.hints.map((hint) => ({ ...hint, x: scale * hint.x, y: scale * hint.y }));
}

async function settle() {
  if (!shown) return;
  if (photos.length > 1) list.run(photos, options.query);
  await attempt((signal) => finish(shown, signal));
}

async function pick({ detail: place }) {
  if (!hints.hidden) hints.put(place);
  try {
    const small = await preview;
    const scale = (await createImageBitmap(small)).width / compare.size.width;
    await likely.ask(small, { x: scale * place.x, y: scale * place.y });
  } catch (error) {
    tell(error);
  }
}

async function download() {
  await attempt(async (signal) => {
    const { blob, suffix } = await shown.result(options.query, signal);
    save(blob, shown.stem + suffix);
  });
}

/** Do something for the photograph on the desk, in place of what was being done for it. */
async function attempt(act) {
  working.abort();
  const { signal } = (working = new AbortController());
  document.body.classList.add("busy");
  tell(null);
  try {
    await act(signal);
  } catch (error) {
    if (!signal.aborted) tell(error);
  } finally {
    if (signal === working.signal) document.body.classList.remove("busy");
  }
}

function say(words) {
  at("status").textContent = words;
}

function tell(error) {
  if (error?.name === "AbortError") return;
  if (error?.status === 401) at("token").hidden = false;
  if (error) document.body.classList.remove("busy");
  const lost = error instanceof Problem ? error.message : `the server does not answer (${error?.message})`;
  at("trouble").textContent = error ? `${shown ? `${shown.name}: ` : ""}${lost}` : "";
}

at("choose").addEventListener("change", (event) => {
  take(event.target.files);
  event.target.value = "";
});
addEventListener("paste", (event) => take(event.clipboardData.files));
addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  take(event.dataTransfer.files);
});
at("token").addEventListener("submit", (event) => {
  event.preventDefault();
  keepToken(at("token-text").value);
  at("token").hidden = true;
  start();
});
at("download").addEventListener("click", download);
options.addEventListener("preview", follow);
options.addEventListener("change", settle);
hints.addEventListener("preview", follow);
hints.addEventListener("change", settle);
hints.addEventListener("trouble", (event) => tell(new Problem(0, event.detail)));
likely.addEventListener("choose", (event) => hints.color(event.detail));
list.addEventListener("choose", (event) => show(event.detail));
compare.addEventListener("pick", pick);
await start();
