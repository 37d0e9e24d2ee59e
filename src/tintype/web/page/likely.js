// SPDX-License-Identifier: Apache-2.0
// What a place may have been: the colours that the network thinks likely, and all others that can
// exist there.

import { post } from "./api.js";
import { make } from "./elements.js";
import "./picker.js";

/** Fires `preview` while a colour is sought, `change` when one is chosen; `value` has it. */
class Likely extends HTMLElement {
  #asked = null;
  #title = make("h2");
  #words = make("p", { className: "faint" });
  #list = make("ul", { className: "swatches" });
  #picker = make("tintype-picker");
  #steers = true;

  connectedCallback() {
    this.append(this.#title, this.#words, this.#list, this.#picker);
    for (const kind of ["preview", "change"]) {
      this.#picker.addEventListener(kind, () => this.#choose(this.#picker.value, kind));
    }
    this.clear();
  }

  /** Whether a colour can be chosen: whether the network takes hints. */
  set steers(steers) {
    this.#steers = steers;
    this.clear();
  }

  clear() {
    this.#asked?.abort();
    this.#title.textContent = this.#steers ? "Steer the colours" : "Likely colours";
    this.#words.textContent = this.#steers
      ? "Press a place of the photograph to give it another colour."
      : "Press a place to see which colours it may have had. To choose one, the network would have to take hints; the one in use takes none.";
    this.#list.replaceChildren();
    this.#picker.hidden = true;
  }

  /**
   * @param {Blob} preview a small copy of the photograph
   * @param {{x: number, y: number}} place in its pixels
   * @param {?string} color that the place has been given already
   * @param {?Object} reference whose palette leads
   */
  async ask(preview, place, color, reference) {
    this.#asked?.abort();
    const { signal } = (this.#asked = new AbortController());
    const answer = await post("v1/suggest", { ...place, reference }, preview, signal);
    const colors = await answer.json();
    if (signal.aborted) return;
    this.#title.textContent = "This place";
    this.#words.textContent = this.#steers ? "Likely colours, or any other that can exist here:"
      : "The network in use takes no hints, so these can only be looked at.";
    this.#list.replaceChildren(...colors.map((row) => this.#item(row)));
    this.#picker.hidden = !this.#steers;
    this.#picker.show(colors[0].color);
    if (color) this.#picker.value = color;
    this.#press(color);
  }

  get value() {
    return this.#picker.value;
  }

  #choose(color, kind) {
    this.#press(color);
    this.dispatchEvent(new CustomEvent(kind, { detail: color }));
  }

  #press(color) {
    for (const swatch of this.#list.querySelectorAll("button")) {
      swatch.setAttribute("aria-pressed", swatch.dataset.color === color);
    }
  }

  #item({ color, share }) {
    const percent = `${Math.round(100 * share) || "<1"} %`;
    const label = `${color}, ${percent} likely`;
    const swatch = this.#steers
      ? make("button", { type: "button", className: "swatch", "aria-label": label })
      : make("span", { className: "swatch", role: "img", "aria-label": label });
    Object.assign(swatch, { title: label });
    swatch.dataset.color = color;
    swatch.style.background = color;
    if (this.#steers) {
      swatch.addEventListener("click", () => {
        this.#picker.value = color;
        this.#choose(color, "change");
      });
    }
    return make("li", {}, swatch, make("span", { "aria-hidden": true }, percent));
  }
}

customElements.define("tintype-likely", Likely);
