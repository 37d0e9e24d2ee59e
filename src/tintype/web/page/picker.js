// SPDX-License-Identifier: Apache-2.0
// A colour of those that can exist at a place: its lightness is the photograph's and stays, so what
// there is to choose is hue and strength, up to what a display can show.

import { encode, hexToLuv, isDisplayable, luvToLinear, strongest, toHex } from "./color.js";
import { clamp, make } from "./elements.js";

const SIDE = 132; // pixels of the field
const LEAST = 4; // CIE units: where there is less, there is only grey
const FULL = 100; // of strength, in percent

/** Fires `preview` while a colour is sought and `change` when it is found; `value` has it. */
class Picker extends HTMLElement {
  #lightness = 50;
  #hue = 0;
  #strength = 0; // share of the strongest chroma there
  #box = { u: 0, v: 0, side: 1 }; // what the field shows, CIE units
  #field = make("canvas", { width: SIDE, height: SIDE, className: "field", "aria-hidden": true });
  #knob = make("span", { className: "knob", "aria-hidden": true });
  #hues = this.#slider("Hue", 360, "°");
  #strengths = this.#slider("Strength", FULL, " %");
  #sample = make("output", { className: "sample" });
  #note = make("p", { className: "faint" }, "So dark or so light a place shows no colour but grey.");

  connectedCallback() {
    const plane = make("div", { className: "plane" }, this.#field, this.#knob);
    this.append(plane, make("div", { className: "sliders" }, this.#sample, this.#hues.label,
      this.#strengths.label), this.#note);
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      plane.addEventListener(kind, (event) => this.#point(event, plane));
    }
  }

  /** Turn to a place whose lightness is that of a colour; that colour is what is chosen at first. */
  show(color) {
    this.#lightness = hexToLuv(color)[0];
    this.#paint();
    this.value = color;
  }

  get value() {
    return toHex(this.#lightness, this.#hue, this.#strength * strongest(this.#lightness, this.#hue));
  }

  /** The lightness of what is set stays that of the place. */
  set value(color) {
    const [, u, v] = hexToLuv(color);
    this.#aim(u, v);
    this.#draw();
  }

  #slider(name, most, unit) {
    const output = make("span", { "aria-hidden": true });
    const input = make("input", { type: "range", min: 0, max: most, step: 1, "aria-label": name });
    const label = make("label", {}, make("span", {}, name), output, input);
    for (const kind of ["input", "change"]) {
      input.addEventListener(kind, (event) => {
        event.stopPropagation(); // ours is told instead
        this.#hue = Number(this.#hues.input.value);
        this.#strength = Number(this.#strengths.input.value) / FULL;
        this.#draw();
        this.#tell(kind === "input" ? "preview" : "change");
      });
    }
    return { label, input, output, unit };
  }

  #aim(u, v) {
    const chroma = Math.hypot(u, v);
    if (chroma > 1) this.#hue = ((Math.atan2(v, u) * 180) / Math.PI + 360) % 360;
    this.#strength = clamp(chroma / Math.max(strongest(this.#lightness, this.#hue), 1e-6), 0, 1);
  }

  #point(event, plane) {
    if (event.type === "pointerdown") plane.setPointerCapture(event.pointerId);
    else if (!plane.hasPointerCapture(event.pointerId)) return;
    const box = this.#field.getBoundingClientRect();
    const { u, v, side } = this.#box;
    this.#aim(u + (side * (event.clientX - box.left)) / box.width, v + side * (1 - (event.clientY - box.top) / box.height));
    this.#draw();
    this.#tell(event.type === "pointerup" || event.type === "pointercancel" ? "change" : "preview");
  }

  #tell(kind) {
    this.dispatchEvent(new Event(kind));
  }

  /** Paint all colours that can exist here, and nothing where none can. */
  #paint() {
    const rim = Array.from({ length: 72 }, (_, at) => [5 * at, strongest(this.#lightness, 5 * at)]);
    const along = (turn) => rim.map(([hue, chroma]) => chroma * turn((hue * Math.PI) / 180));
    const [us, vs] = [along(Math.cos), along(Math.sin)];
    const [low, high] = [[Math.min(...us), Math.min(...vs)], [Math.max(...us), Math.max(...vs)]];
    const side = 1.08 * Math.max(high[0] - low[0], high[1] - low[1], LEAST);
    this.#box = { u: (low[0] + high[0] - side) / 2, v: (low[1] + high[1] - side) / 2, side };
    this.classList.toggle("grey", Math.max(...rim.map(([, chroma]) => chroma)) < LEAST);
    const context = this.#field.getContext("2d");
    const image = context.createImageData(SIDE, SIDE);
    for (let at = 0; at < SIDE * SIDE; at++) {
      const [column, row] = [at % SIDE, Math.floor(at / SIDE)];
      const linear = luvToLinear(this.#lightness, this.#box.u + (side * (column + 0.5)) / SIDE,
        this.#box.v + side * (1 - (row + 0.5) / SIDE));
      if (isDisplayable(linear)) image.data.set([...encode(linear), 255], 4 * at);
    }
    context.putImageData(image, 0, 0);
  }

  #draw() {
    const angle = (this.#hue * Math.PI) / 180;
    const chroma = this.#strength * strongest(this.#lightness, this.#hue);
    const { u, v, side } = this.#box;
    this.#knob.style.left = `${(100 * (chroma * Math.cos(angle) - u)) / side}%`;
    this.#knob.style.top = `${100 * (1 - (chroma * Math.sin(angle) - v) / side)}%`;
    this.#knob.style.background = this.#sample.style.background = this.value;
    this.#sample.value = this.value;
    for (const [slider, value] of [[this.#hues, this.#hue], [this.#strengths, FULL * this.#strength]]) {
      slider.input.value = Math.round(value);
      slider.output.textContent = Math.round(value) + slider.unit;
      slider.input.disabled = this.classList.contains("grey");
    }
  }
}

customElements.define("tintype-picker", Picker);
