// SPDX-License-Identifier: Apache-2.0
// A reference: a photograph in colour whose palette leads. Chosen or dropped, and removed.

import { make } from "./elements.js";

const SIDE = 512; // pixels of the short side of the copy that goes with what follows the hand
let count = 0;

/** A photograph that requests take along; as JSON it is told from others by its number. */
class Reference {
  #file;

  constructor(file) {
    this.#file = file;
    this.number = ++count;
  }

  get file() {
    return this.#file;
  }
}

/** Fires `change` when there is another one or none; `value` and `small` have it. */
class ReferenceCard extends HTMLElement {
  value = null; // the file as it is,
  small = null; // and a small copy of it, which says nearly the same
  #choice = 0;
  #file = make("input", { type: "file", hidden: true, "aria-label": "Reference photograph",
    accept: "image/*,.heic,.heif,.jp2,.j2k,.jpx,.ppm,.tif,.tiff" });
  #choose = make("button", { type: "button" }, "Choose a photograph");
  #remove = make("button", { type: "button" }, "Remove");
  #shown = make("img", { alt: "The reference", hidden: true });
  #name = make("p", { className: "faint name" });

  connectedCallback() {
    this.append(make("h2", {}, "Reference"), this.#shown, this.#name,
      make("div", { className: "row small" }, this.#choose, this.#remove, this.#file));
    this.#choose.addEventListener("click", () => this.#file.click());
    this.#remove.addEventListener("click", () => {
      this.take(null);
      this.#choose.focus();
    });
    this.#file.addEventListener("change", () => {
      this.take(this.#file.files[0] ?? null);
      this.#file.value = "";
    });
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation(); // it is no photograph to be coloured
      document.body.classList.remove("dropping");
      if (event.dataTransfer.files[0]) this.take(event.dataTransfer.files[0]);
    });
    this.#draw();
  }

  /** Let a file be the reference; null for none. */
  async take(file) {
    const choice = ++this.#choice;
    const small = file && (await shrink(file));
    if (choice !== this.#choice) return; // another one has been chosen meanwhile
    this.value = file && new Reference(file);
    this.small = small ? new Reference(small) : this.value;
    URL.revokeObjectURL(this.#shown.src);
    if (small) this.#shown.src = URL.createObjectURL(small);
    this.#shown.hidden = !small;
    this.#draw();
    this.dispatchEvent(new Event("change"));
  }

  #draw() {
    this.#name.textContent = this.value?.file.name
      ?? "A photograph in colour, chosen or dropped here, whose palette shall lead.";
    this.#choose.textContent = this.value ? "Choose another" : "Choose a photograph";
    this.#remove.hidden = !this.value;
  }
}

/** A small copy of a picture; null where the browser cannot show it, though the server may. */
async function shrink(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.min(picture.width, picture.height));
    const canvas = make("canvas", { width: Math.max(1, Math.round(scale * picture.width)),
      height: Math.max(1, Math.round(scale * picture.height)) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
  } catch {
    return null;
  }
}

customElements.define("tintype-reference", ReferenceCard);
