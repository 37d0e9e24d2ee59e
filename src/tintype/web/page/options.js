// SPDX-License-Identifier: Apache-2.0
// The options, as the server describes them: names, ranges, defaults and help are its own.

import { make } from "./elements.js";

const SHOWN = ["vividness", "saturation"];
const MORE = ["tone", "format"];
const STEP = 0.01; // of a slider; every default is a multiple

/** Sliders and choices. Fires `preview` while a slider moves, `change` when it is let go. */
class Options extends HTMLElement {
  #inputs = new Map();
  #defaults = {};
  #extra = {}; // options that other parts of the page set

  /** @param {Object[]} rows the parameters of the route, as OpenAPI describes them */
  describe(rows) {
    const build = (name) => this.#build(rows.find((row) => row.name === name));
    const reset = make("button", { type: "button" }, "Back to the defaults");
    reset.addEventListener("click", () => this.reset());
    const more = make("details", {}, make("summary", {}, "More"), ...MORE.map(build), reset);
    this.replaceChildren(make("h2", {}, "Adjust"), ...SHOWN.map(build), more);
  }

  /** What is wanted, as the server's query takes it; defaults are left out. */
  get query() {
    const told = {};
    for (const [name, input] of this.#inputs) {
      if (input.value !== this.#defaults[name]) told[name] = input.value;
    }
    return { ...told, ...this.#extra };
  }

  /** Set an option that has no slider here; null for its default. */
  set(name, value) {
    if (value == null) delete this.#extra[name];
    else this.#extra[name] = value;
  }

  reset() {
    for (const [name, input] of this.#inputs) {
      input.value = this.#defaults[name];
      input.dispatchEvent(new Event("input"));
    }
    this.dispatchEvent(new Event("change"));
  }

  #build({ name, description, schema }) {
    const id = `option-${name}`;
    const input = schema.enum ? this.#choice(schema) : this.#slider(schema);
    input.id = id;
    input.setAttribute("aria-describedby", `${id}-help`);
    this.#inputs.set(name, input);
    this.#defaults[name] = input.value;
    const label = make("label", { htmlFor: id }, name[0].toUpperCase() + name.slice(1));
    const help = make("small", { id: `${id}-help` }, description);
    input.addEventListener("change", (event) => {
      event.stopPropagation(); // ours is told instead
      this.dispatchEvent(new Event("change"));
    });
    if (schema.enum) return make("div", { className: "option" }, label, input, help);
    const output = make("output", { htmlFor: id }, Number(input.value).toFixed(2));
    input.addEventListener("input", () => {
      output.value = Number(input.value).toFixed(2);
      this.dispatchEvent(new Event("preview"));
    });
    return make("div", { className: "option" }, label, output, input, help);
  }

  #slider({ minimum, maximum, default: value }) {
    const input = make("input", { type: "range", min: minimum, max: maximum, step: STEP });
    input.value = value;
    return input;
  }

  #choice({ enum: among, default: value }) {
    const input = make("select");
    if (value == null) input.append(make("option", { value: "" }, "as it came"));
    for (const each of among) input.append(make("option", { value: each }, each));
    input.value = value ?? "";
    return input;
  }
}

customElements.define("tintype-options", Options);
