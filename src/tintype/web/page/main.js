// SPDX-License-Identifier: Apache-2.0
// The page: photographs come in, are coloured, compared, steered, and taken home.

import { adoptToken, call, keepToken, post, Problem } from "./api.js";
import "./alternatives.js";
import "./compare.js";
import { clamp, make } from "./elements.js";
import { isFilm } from "./films.js";
import "./hints.js";
import { latest } from "./latest.js";
import "./likely.js";
import "./list.js";
import "./options.js";
import { Photo, save } from "./photo.js";
import "./reference.js";

const PREVIEW = 448; // pixels of the short side of what follows the hand
const at = (id) => document.getElementById(id);
const doubts = make("button", { type: "button", title: "Show where the network is not sure" }, "Doubts");
const [compare, options, hints, likely, list, alternatives, reference, films] =
  ["compare", "options", "hints", "likely", "list", "alternatives", "reference", "films"].map(at);

let photos = [];
let shown = null; // the photograph on the desk
let preview = null; // promise of a small copy of it, and its scale; made when it is first needed
let picked = null; // the hints of an alternative, and those that it was drawn for
let working = new AbortController(); // what is being made of it

async function start() {
  adoptToken();
  try {
    const [described, networks] = await Promise.all(
      ["openapi.json", "v1/models"].map(async (path) => (await call(path)).json()));
    options.describe(described.paths["/v1/colorize"].post.parameters);
    const steers = networks.some((network) => network.used && network.hints);
    hints.hidden = alternatives.hidden = !steers;
    likely.steers = steers;
    tell(null);
  } catch (error) {
    tell(error);
  }
}

function take(files) {
  const moving = [...files].filter(isFilm);
  if (moving.length) films.take(moving, options.query);
  const taken = [...files].filter((file) => !isFilm(file));
  if (!taken.length) return;
  photos.forEach((photo) => photo.release());
  photos = taken.map((file) => new Photo(file));
  at("welcome").hidden = true;
  at("desk").hidden = at("actions").hidden = false;
  if (photos.length > 1) list.run(photos, options.query);
  else list.close();
  show(photos[0]);
}

/** Put a photograph on the desk; one that nobody can read leaves it empty. */
async function show(photo) {
  [shown, preview, picked] = [photo, null, null];
  list.show(photo);
  likely.clear();
  alternatives.clear();
  unveil();
  say("");
  await attempt(async (signal) => {
    const began = performance.now();
    const made = photo.after(options.query, signal); // the server works while the browser decodes
    made.catch(() => {}); // it is waited for below
    try {
      await compare.showBefore(await photo.before(signal));
    } catch (error) {
      if (!signal.aborted) compare.clear();
      throw error;
    } finally {
      if (!signal.aborted) hints.show(photo, compare);
    }
    await finish(photo, signal, began);
  });
}

/** Make the whole photograph and show it. */
async function finish(photo, signal, began = performance.now()) {
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
const follow = latest(() => attempt(async (signal) => {
  const { blob, scale } = await small();
  const query = { ...quick(), ...placed(shown.hints, scale), format: "jpeg" };
  const answer = await post("v1/colorize", query, blob, signal);
  const address = URL.createObjectURL(await answer.blob());
  if (!signal.aborted) await compare.showAfter(address);
  URL.revokeObjectURL(address);
}));

/** What is wanted, with as small a reference as will do. */
function quick() {
  return { ...options.query, reference: reference.small };
}

async function settle() {
  if (!shown) return;
  if (photos.length > 1) list.run(photos, options.query);
  await follow();
  await attempt((signal) => finish(shown, signal));
}

/** Turn to a place of the photograph: what may it have been? */
async function turn(place) {
  try {
    const { blob, scale } = await small();
    const { x, y } = shrink(place, scale);
    await likely.ask(blob, { x, y }, place.color, reference.small);
  } catch (error) {
    tell(error);
  }
}

function small() {
  return (preview ??= compare.preview(PREVIEW));
}

/** A place in pixels of the small copy; a pixel's middle stays its middle. */
function shrink({ x, y, radius, ...rest }, scale) {
  const moved = (side) => Math.max(0, (side + 0.5) * scale - 0.5);
  return { ...rest, x: moved(x), y: moved(y), ...(radius && { radius: radius * scale }) };
}

/** Hints as a request for the small copy has them. */
function placed(hints, scale) {
  return hints.length ? { hints: JSON.stringify(hints.map((hint) => shrink(hint, scale))) } : {};
}

/** A place of the small copy in pixels of the photograph. */
function enlarge({ x, y, radius, ...rest }, scale) {
  const { width, height } = compare.size;
  const moved = (side, most) => clamp((side + 0.5) / scale - 0.5, 0, most - 1);
  return { ...rest, x: moved(x, width), y: moved(y, height), ...(radius && { radius: radius / scale }) };
}

/** Draw other colourings, which keep to the hints; not to those of an alternative picked before. */
async function vary() {
  const photo = shown;
  if (picked?.hints !== photo.hints) picked = { hints: photo.hints, base: photo.hints };
  try {
    const { blob, scale } = await small();
    await alternatives.draw(blob, quick(), picked.base.map((hint) => shrink(hint, scale)));
  } catch (error) {
    alternatives.fail();
    tell(error);
  }
}

/** Go on with an alternative. */
async function pick(drawn) {
  const { scale } = await small();
  const { base } = picked;
  const own = drawn.slice(base.length).map((hint) => enlarge(hint, scale));
  picked = { hints: [...base, ...own], base };
  hints.adopt(picked.hints);
}

/** Lay over the photograph how sure the network is of it, or take that away. */
async function veil() {
  const pressed = doubts.getAttribute("aria-pressed") !== "true";
  unveil();
  if (!pressed) return;
  doubts.setAttribute("aria-pressed", true);
  try {
    const { blob, scale } = await small();
    const asked = { reference: reference.small, ...placed(shown.hints, scale) };
    const map = await (await post("v1/confidence", asked, blob)).blob();
    if (doubts.getAttribute("aria-pressed") !== "true") return;
    await compare.showVeil(URL.createObjectURL(map));
    say("Magenta: the network is not sure there, and other colours are about as likely.");
  } catch (error) {
    unveil();
    tell(error);
  }
}

function unveil() {
  doubts.setAttribute("aria-pressed", false);
  compare.showVeil(null);
}

/** Save the whole result once it is there; what is being made for the desk goes on. */
async function download() {
  const photo = shown;
  tell(null);
  try {
    const { blob, suffix } = await photo.result(options.query);
    save(blob, photo.stem + suffix);
  } catch (error) {
    tell(error, photo);
  }
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

function tell(error, photo = shown) {
  if (error?.name === "AbortError") return;
  at("token").hidden = error?.status !== 401;
  const lost = error instanceof Problem ? error.message : `the server does not answer (${error?.message})`;
  at("trouble").textContent = error ? `${photo ? `${photo.name}: ` : ""}${lost}` : "";
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
  start();
});
compare.bar.append(doubts);
doubts.addEventListener("click", veil);
at("download").addEventListener("click", download);
compare.addEventListener("pick", ({ detail: place }) => {
  if (!hints.hidden) hints.turn(place);
  turn(place);
});
for (const part of [options, hints]) {
  part.addEventListener("preview", follow);
  part.addEventListener("change", settle);
}
hints.addEventListener("place", (event) => turn(event.detail));
hints.addEventListener("trouble", (event) => tell(new Problem(0, event.detail)));
likely.addEventListener("preview", (event) => hints.color(event.detail, false));
likely.addEventListener("change", (event) => hints.color(event.detail, true));
alternatives.addEventListener("ask", vary);
alternatives.addEventListener("pick", (event) => pick(event.detail));
hints.addEventListener("change", () => picked?.hints !== shown.hints && alternatives.release());
reference.addEventListener("change", () => {
  options.set("reference", reference.value);
  alternatives.clear();
  settle();
});
list.addEventListener("choose", (event) => show(event.detail));
await start();
