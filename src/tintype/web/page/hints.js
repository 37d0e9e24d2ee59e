// SPDX-License-Identifier: Apache-2.0
// Hints: places whose colour a person knows. Put, moved, removed, undone, redone, saved, loaded.

import { clamp, make } from "./elements.js";
import { save } from "./photo.js";

const FAR = 10; // pixels that a mark moves with Shift and an arrow key

/** Fires `preview` while a hint is moved or its colour sought, `change` when it has settled. */
class Hints extends HTMLElement {
  #photo = null;
  #compare = null;
  #past = [];
  #future = [];
  #chosen = -1;
  #list = make("ol", { className: "swatches" });
  #color = make("input", { type: "color", value: "#b06040", id: "hint-color" });
  #undo = this.#button("Undo", () => this.#step(this.#past, this.#future));
  #redo = this.#button("Redo", () => this.#step(this.#future, this.#past));
  #remove = this.#button("Remove", () => this.#removeChosen());
  #save = this.#button("Save hints", () => this.#saveFile());
  #file = make("input", { type: "file", accept: ".json", id: "hint-file", hidden: true });

  connectedCallback() {
    const words = "Press a place whose colour you know. The photograph keeps its own lightness.";
    const load = this.#button("Load hints", () => this.#file.click());
    this.append(make("h2", {}, "Hints"), make("p", {}, words), this.#list,
      make("div", { className: "row" }, make("label", { htmlFor: "hint-color" }, "Colour"), this.#color),
      make("div", { className: "row" }, this.#undo, this.#redo, this.#remove, this.#save, load, this.#file));
    this.#color.addEventListener("input", () => this.#recolor("preview"));
    this.#color.addEventListener("change", () => this.#recolor("change"));
    this.#file.addEventListener("change", () => this.#loadFile());
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Turn to another photograph. */
  show(photo, compare) {
    [this.#photo, this.#compare] = [photo, compare];
    [this.#past, this.#future, this.#chosen] = [[], [], -1];
    this.#draw();
  }

  put({ x, y }) {
    this.#remember();
    this.#photo.hints = [...this.#photo.hints, { x, y, color: this.#color.value }];
    this.#chosen = this.#photo.hints.length - 1;
    this.#settle();
  }

  /** Give the chosen hint a colour. */
  color(color) {
    this.#color.value = color;
    this.#recolor("change");
  }

  #button(text, act) {
    const button = make("button", { type: "button" }, text);
    button.addEventListener("click", act);
    return button;
  }

  #remember() {
    this.#past.push(this.#photo.hints);
    this.#future = [];
  }

  #step(from, to) {
    if (!from.length) return;
    to.push(this.#photo.hints);
    this.#photo.hints = from.pop();
    this.#chosen = Math.min(this.#chosen, this.#photo.hints.length - 1);
    this.#settle();
  }

  #replace(changed, event) {
    this.#photo.hints = this.#photo.hints.map((hint, at) => (at === this.#chosen ? { ...hint, ...changed } : hint));
    if (event === "change") this.#settle();
    else this.dispatchEvent(new Event(event));
  }

  #recolor(event) {
    if (this.#chosen < 0) return;
    if (event === "change") this.#remember();
    this.#replace({ color: this.#color.value }, event);
  }

  #removeChosen() {
    if (this.#chosen < 0) return;
    this.#remember();
    this.#photo.hints = this.#photo.hints.filter((_, at) => at !== this.#chosen);
    this.#chosen = this.#photo.hints.length - 1;
    this.#settle();
  }

  #settle() {
    this.#draw();
    this.dispatchEvent(new Event("change"));
  }

  #draw() {
    const hints = this.#photo?.hints ?? [];
    const marks = hints.map((hint, at) => this.#mark(hint, at));
    if (this.#compare) this.#compare.marks = marks;
    this.#list.replaceChildren(...hints.map((hint, at) => {
      const swatch = make("button", { type: "button", className: "swatch", "aria-pressed": at === this.#chosen,
        "aria-label": `Hint ${at + 1}: ${hint.color} at ${hint.x}, ${hint.y}` });
      swatch.style.background = hint.color;
      swatch.addEventListener("click", () => this.#choose(at));
      return make("li", {}, swatch, `${at + 1}`);
    }));
    this.#undo.disabled = !this.#past.length;
    this.#redo.disabled = !this.#future.length;
    this.#remove.disabled = this.#chosen < 0;
    this.#save.disabled = !hints.length;
  }

  #choose(at) {
    this.#chosen = at;
    this.#color.value = this.#photo.hints[at].color;
    this.#draw();
  }

  #mark(hint, at) {
    const mark = make("button", { type: "button", className: "mark",
      "aria-label": `Hint ${at + 1}, ${hint.color}; arrows move it, Delete removes it` });
    mark.style.background = hint.color;
    Object.assign(mark.dataset, { x: hint.x, y: hint.y });
    mark.addEventListener("focus", () => {
      this.#chosen = at;
      this.#color.value = hint.color;
      this.#remove.disabled = false;
    });
    mark.addEventListener("pointerdown", (event) => this.#drag(mark, event));
    mark.addEventListener("keydown", (event) => this.#move(event, at));
    return mark;
  }

  #drag(mark, event) {
    mark.focus();
    mark.setPointerCapture(event.pointerId);
    let started = false;
    const move = (moved) => {
      const place = this.#compare.placeAt(moved.clientX, moved.clientY);
      if (!place) return;
      if (!started) this.#remember();
      started = true;
      Object.assign(mark.dataset, place);
      this.#replace(place, "preview");
      this.#compare.share = this.#compare.share; // draws the marks where they are now
    };
    mark.addEventListener("pointermove", move);
    mark.addEventListener("lostpointercapture", () => {
      mark.removeEventListener("pointermove", move);
      if (started) this.#settle();
    }, { once: true });
  }

  #move(event, at) {
    const step = event.shiftKey ? FAR : 1;
    const steps = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key === "Delete") this.#removeChosen();
    if (!steps[event.key]) return;
    event.preventDefault();
    const { width, height } = this.#compare.size;
    const hint = this.#photo.hints[at];
    const [x, y] = [hint.x + steps[event.key][0], hint.y + steps[event.key][1]];
    this.#remember();
    this.#replace({ x: clamp(x, 0, width - 1), y: clamp(y, 0, height - 1) }, "change");
    this.#compare.querySelectorAll(".mark")[at].focus();
  }

  #key(event) {
    if (this.hidden || !(event.ctrlKey || event.metaKey) || event.target.matches("input, select")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    (key === "y" || event.shiftKey ? this.#redo : this.#undo).click();
  }

  #saveFile() {
    const text = JSON.stringify(this.#photo.hints, null, 1);
    save(new Blob([text], { type: "application/json" }), `${this.#photo.stem}.hints.json`);
  }

  async #loadFile() {
    const file = this.#file.files[0];
    this.#file.value = "";
    try {
      const hints = JSON.parse(await file.text());
      const whole = Array.isArray(hints) && hints.every(({ x, y, color }) =>
        Number.isFinite(x) && Number.isFinite(y) && /^#[0-9a-f]{6}$/i.test(color));
      if (!whole) throw new SyntaxError("no list of places and colours");
      this.#remember();
      this.#photo.hints = hints;
      this.#settle();
    } catch (error) {
      const detail = `${file.name} holds no hints: ${error.message}`;
      this.dispatchEvent(new CustomEvent("trouble", { detail }));
    }
  }
}

customElements.define("tintype-hints", Hints);
