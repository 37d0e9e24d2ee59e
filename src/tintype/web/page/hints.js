// SPDX-License-Identifier: Apache-2.0
// Hints: places whose colour a person has chosen. Put, moved, removed, undone, redone, saved, loaded.

import { clamp, make } from "./elements.js";
import { save } from "./photo.js";

const FAR = 10; // pixels that a mark moves with Shift and an arrow key
const COLOR = /^#[0-9a-f]{6}$/i;

/**
 * Fires `preview` while a hint is moved or its colour sought, `change` when it has settled, and
 * `place` with {x, y, color} when another place is turned to.
 */
class Hints extends HTMLElement {
  #photo = null;
  #compare = null;
  #past = [];
  #future = [];
  #chosen = -1;
  #place = null; // that is turned to and has no hint yet
  #before = null; // the hints as they were when something began to move
  #list = make("ol", { className: "swatches" });
  #undo = this.#button("Undo", "Undo (Ctrl+Z)", () => this.#step(this.#past, this.#future));
  #redo = this.#button("Redo", "Redo (Ctrl+Y)", () => this.#step(this.#future, this.#past));
  #remove = this.#button("Remove", "Remove the chosen hint (Delete)", () => this.#removeChosen());
  #clear = this.#button("Clear", "Remove all hints", () => this.#set([]));
  #save = this.#button("Save", "Save the hints as a file", () => this.#saveFile());
  #load = this.#button("Load", "Load hints from a file", () => this.#file.click());
  #file = make("input", { type: "file", accept: ".json", hidden: true, "aria-label": "Hints" });

  connectedCallback() {
    this.append(make("p", { className: "faint" }, "Your hints:"), this.#list,
      make("div", { className: "row small" }, this.#undo, this.#redo, this.#remove, this.#clear,
        this.#save, this.#load, this.#file));
    this.#file.addEventListener("change", () => this.#loadFile());
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Turn to another photograph. */
  show(photo, compare) {
    [this.#photo, this.#compare] = [photo, compare];
    [this.#past, this.#future] = [photo.past, photo.future];
    [this.#chosen, this.#place, this.#before] = [-1, null, null];
    this.draw();
  }

  /** Turn to a place; a colour that is given then goes there. */
  turn(place) {
    [this.#place, this.#chosen] = [place, -1];
    this.draw();
  }

  /** Give the place, or the chosen hint, a colour; `settled` once it is the one that is meant. */
  color(color, settled) {
    this.#before ??= this.#photo.hints;
    if (this.#place) {
      this.#photo.hints = [...this.#photo.hints, { ...this.#place, color }];
      [this.#chosen, this.#place] = [this.#photo.hints.length - 1, null];
    } else if (this.#chosen >= 0) {
      this.#change({ color });
    } else {
      this.#before = null;
      return;
    }
    if (settled) this.#settle();
    else this.#follow();
  }

  /** Put others in the place of all that there are. */
  adopt(hints) {
    this.#set(hints);
  }

  /** Draw marks and list as the hints are. */
  draw() {
    const hints = this.#photo?.hints ?? [];
    const marks = hints.map((hint, at) => this.#mark(hint, at));
    if (this.#place) {
      const place = make("span", { className: "mark place" });
      Object.assign(place.dataset, this.#place);
      marks.push(place);
    }
    if (this.#compare) this.#compare.marks = marks;
    this.#list.replaceChildren(...hints.map((hint, at) => this.#row(hint, at)));
    this.#undo.disabled = !this.#past.length;
    this.#redo.disabled = !this.#future.length;
    this.#remove.disabled = this.#chosen < 0;
    this.#clear.disabled = this.#save.disabled = !hints.length;
  }

  #button(text, title, act) {
    const button = make("button", { type: "button", title }, text);
    button.addEventListener("click", act);
    return button;
  }

  #row(hint, at) {
    const swatch = make("button", { type: "button", className: "swatch round", "aria-pressed": at === this.#chosen,
      "aria-label": `Hint ${at + 1}: ${hint.color} at ${Math.round(hint.x)}, ${Math.round(hint.y)}` });
    swatch.style.background = hint.color;
    swatch.addEventListener("click", () => this.#choose(at));
    return make("li", {}, swatch);
  }

  #mark(hint, at) {
    const mark = make("button", { type: "button", className: "mark", "aria-pressed": at === this.#chosen,
      "aria-label": `Hint ${at + 1}, ${hint.color}; arrows move it, Delete removes it` });
    mark.style.background = hint.color;
    Object.assign(mark.dataset, { x: hint.x, y: hint.y });
    mark.addEventListener("click", () => this.#choose(at));
    mark.addEventListener("pointerdown", (event) => this.#drag(mark, at, event));
    mark.addEventListener("keydown", (event) => this.#move(event, at));
    return mark;
  }

  #choose(at) {
    [this.#chosen, this.#place] = [at, null];
    for (const [index, mark] of this.#compare.querySelectorAll(".mark").entries()) {
      mark.setAttribute("aria-pressed", index === at);
    }
    for (const [index, row] of [...this.#list.children].entries()) {
      row.firstChild.setAttribute("aria-pressed", index === at);
    }
    this.#remove.disabled = false;
    this.dispatchEvent(new CustomEvent("place", { detail: this.#photo.hints[at] }));
  }

  #change(changed) {
    this.#photo.hints = this.#photo.hints.map((hint, at) => (at === this.#chosen ? { ...hint, ...changed } : hint));
  }

  #set(hints) {
    this.#before = this.#photo.hints;
    this.#photo.hints = hints;
    [this.#chosen, this.#place] = [-1, null];
    this.#settle();
  }

  #follow() {
    this.draw();
    this.dispatchEvent(new Event("preview"));
  }

  #settle() {
    if (this.#before) this.#past.push(this.#before);
    this.#before = null;
    this.#future.length = 0;
    this.draw();
    this.dispatchEvent(new Event("change"));
  }

  #step(from, to) {
    if (!from.length) return;
    to.push(this.#photo.hints);
    this.#photo.hints = from.pop();
    [this.#chosen, this.#place] = [-1, null];
    this.draw();
    this.dispatchEvent(new Event("change"));
  }

  #removeChosen() {
    if (this.#chosen >= 0) this.#set(this.#photo.hints.filter((_, at) => at !== this.#chosen));
  }

  #drag(mark, at, event) {
    mark.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const place = this.#compare.placeAt(moved.clientX, moved.clientY);
      if (!place || (moved.clientX === event.clientX && moved.clientY === event.clientY)) return;
      this.#before ??= this.#photo.hints;
      this.#chosen = at;
      this.#change(place);
      Object.assign(mark.dataset, place);
      this.#compare.draw();
      this.dispatchEvent(new Event("preview"));
    };
    mark.addEventListener("pointermove", move);
    mark.addEventListener("lostpointercapture", () => {
      mark.removeEventListener("pointermove", move);
      if (this.#before) this.#settle();
    }, { once: true });
  }

  #move(event, at) {
    const step = event.shiftKey ? FAR : 1;
    const steps = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    this.#chosen = at;
    if (event.key === "Delete" || event.key === "Backspace") this.#removeChosen();
    if (!steps[event.key]) return;
    event.preventDefault();
    const { width, height } = this.#compare.size;
    const hint = this.#photo.hints[at];
    const [x, y] = [hint.x + steps[event.key][0], hint.y + steps[event.key][1]];
    this.#before = this.#photo.hints;
    this.#change({ x: clamp(x, 0, width - 1), y: clamp(y, 0, height - 1) });
    this.#settle();
    this.#compare.querySelectorAll(".mark")[at].focus();
  }

  #key(event) {
    if (this.hidden || !(event.ctrlKey || event.metaKey) || event.target.matches("input[type=password]")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    (key === "y" || event.shiftKey ? this.#redo : this.#undo).click();
  }

  #saveFile() {
    const text = `${JSON.stringify(this.#photo.hints, null, 1)}\n`;
    save(new Blob([text], { type: "application/json" }), `${this.#photo.stem}.hints.json`);
  }

  async #loadFile() {
    const file = this.#file.files[0];
    this.#file.value = "";
    try {
      this.#set(readHints(await file.text()));
    } catch (error) {
      const detail = `${file.name} holds no hints: ${error.message}`;
      this.dispatchEvent(new CustomEvent("trouble", { detail }));
    }
  }
}

/** Hints of a file's text; what else the file says of them is left out. */
function readHints(text) {
  const rows = JSON.parse(text);
  if (!Array.isArray(rows)) throw new SyntaxError("it is no list");
  return rows.map(({ x, y, color, radius }) => {
    const whole = Number.isFinite(x) && Number.isFinite(y) && COLOR.test(color);
    if (!whole) throw new SyntaxError("not every row has x, y and a color #rrggbb");
    return Number.isFinite(radius) ? { x, y, color, radius } : { x, y, color };
  });
}

customElements.define("tintype-hints", Hints);
