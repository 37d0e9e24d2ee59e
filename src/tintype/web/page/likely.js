// SPDX-License-Identifier: Apache-2.0
// What the network thinks of a place: the colours that it may have had, and how likely each is.

import { post } from "./api.js";
import { make } from "./elements.js";

/** Fires `choose` with a colour where hints are taken and one of the swatches is pressed. */
class Likely extends HTMLElement {
  #asked = null;
  steers = false; // whether a colour can be chosen

  connectedCallback() {
    this.clear();
  }

  clear() {
    this.#asked?.abort();
    const words = "Press a place of the photograph to see which colours it may have had.";
    this.replaceChildren(make("h2", {}, "Likely colours"), make("p", {}, words));
  }

  /**
   * @param {Blob} preview a small copy of the photograph
   * @param {{x: number, y: number}} place in its pixels
   */
  async ask(preview, place) {
    this.#asked?.abort();
    const asked = (this.#asked = new AbortController());
    const answer = await post("v1/suggest", place, preview, asked.signal);
    const colors = await answer.json();
    const list = make("ul", { className: "swatches" }, ...colors.map((row) => this.#item(row)));
    this.replaceChildren(make("h2", {}, "Likely colours of this place"), list);
  }

  #item({ color, share }) {
    const percent = `${Math.round(100 * share) || "<1"} %`;
    const label = `${color}, ${percent}`;
    const swatch = this.steers
      ? make("button", { type: "button", className: "swatch", "aria-label": label })
      : make("span", { className: "swatch", role: "img", "aria-label": label });
    swatch.title = label;
    swatch.style.background = color;
    swatch.addEventListener("click", () => {
      if (this.steers) this.dispatchEvent(new CustomEvent("choose", { detail: color }));
    });
    return make("li", {}, swatch, make("span", { "aria-hidden": true }, percent));
  }
}

customElements.define("tintype-likely", Likely);
