// SPDX-License-Identifier: Apache-2.0
// Other colourings that a photograph may have had, side by side; each is a handful of hints, so the
// one that is picked can be gone on with.

import { post } from "./api.js";
import { make } from "./elements.js";

const SAMPLES = 4;
const DRAWN = ["vividness", "tone", "reference"]; // what changes which there are

/** Fires `pick` with the hints of the one that is picked, in pixels of the small copy. */
class Alternatives extends HTMLElement {
  #asked = null;
  #seed = 0;
  #list = make("ul", { className: "alternatives" });
  #show = make("button", { type: "button" });
  #words = make("p", { className: "faint", role: "status" });

  connectedCallback() {
    this.append(make("h2", {}, "Alternatives"), this.#list, this.#words, this.#show);
    this.#show.addEventListener("click", () => this.dispatchEvent(new Event("ask")));
    this.clear();
  }

  /** Turn to another photograph, or to another palette. */
  clear() {
    this.#asked?.abort();
    this.#seed = 0;
    this.#empty();
    this.#words.textContent = "Nobody knows the colours: see others that are likely too.";
    this.#show.textContent = "Show alternatives";
  }

  /**
   * Draw some, others each time.
   * @param {Blob} preview a small copy of the photograph
   * @param {Object} query what is wanted of it
   * @param {Object[]} hints that all of them keep to, in its pixels
   */
  async draw(preview, query, hints) {
    this.#asked?.abort();
    const { signal } = (this.#asked = new AbortController());
    this.#words.textContent = "Alternatives are drawn…";
    const wanted = Object.fromEntries(Object.entries(query).filter(([name]) => DRAWN.includes(name)));
    const drawing = { ...wanted, hints: JSON.stringify(hints), samples: SAMPLES, seed: this.#seed++ };
    const drawn = await (await post("v1/alternatives", drawing, preview, signal)).json();
    const pictures = await Promise.all(drawn.map(async (one) => {
      const asked = { ...query, format: "jpeg", hints: JSON.stringify(one.hints) };
      return (await post("v1/colorize", asked, preview, signal)).blob();
    }));
    if (signal.aborted) return;
    this.#empty();
    this.#list.replaceChildren(...drawn.map((one, at) => this.#item(one, pictures[at], at)));
    this.#words.textContent = "Pick one to go on with; its hints are yours to move or remove.";
    this.#show.textContent = "Show others";
  }

  /** Say what is wrong where alternatives would be. */
  fail() {
    this.#words.textContent = "";
  }

  /** Mark one that is on the desk no longer. */
  release() {
    for (const button of this.#list.querySelectorAll("button")) button.setAttribute("aria-pressed", false);
  }

  #empty() {
    for (const image of this.#list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.#list.replaceChildren();
  }

  #item({ hints, likelihood }, picture, at) {
    const label = at ? `Alternative ${at}, its colours ${Math.round(100 * likelihood)} % likely`
      : "The network's own colours";
    const image = make("img", { src: URL.createObjectURL(picture), alt: "" });
    const button = make("button", { type: "button", "aria-label": label, "aria-pressed": false, title: label }, image);
    button.addEventListener("click", () => {
      this.dispatchEvent(new CustomEvent("pick", { detail: hints }));
      this.release();
      button.setAttribute("aria-pressed", true);
    });
    const caption = at ? `${Math.round(100 * likelihood)} % likely` : "the network's own";
    return make("li", {}, button, make("span", { "aria-hidden": true }, caption));
  }
}

customElements.define("tintype-alternatives", Alternatives);
