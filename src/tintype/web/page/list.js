// SPDX-License-Identifier: Apache-2.0
// Many photographs: what has become of each, how far it is, all results in one archive.

import { make } from "./elements.js";
import { save } from "./photo.js";
import { zip } from "./zip.js";

const AT_ONCE = 2;
const WORDS = { waiting: "waits", working: "is coloured…", done: "done", failed: "failed" };

/** Fires `choose` with the photograph that is to be shown. */
class List extends HTMLElement {
  #photos = [];
  #shown = null;
  query = {}; // what all of them are wanted with
  #run = null;
  #rows = make("ol");
  #progress = make("progress", { "aria-label": "Photographs that are done" });
  #count = make("span");
  #archive = make("button", { type: "button", className: "main" }, "Download all as ZIP");
  #cancel = make("button", { type: "button" }, "Cancel");

  connectedCallback() {
    const title = make("h2", { id: "list-title" }, "Photographs");
    const row = make("div", { className: "row" }, this.#progress, this.#count, this.#cancel, this.#archive);
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", title.id);
    this.append(make("div", { className: "row" }, title), row, this.#rows);
    this.#cancel.addEventListener("click", () => this.#run?.abort());
    this.#archive.addEventListener("click", () => this.#download());
  }

  /** Colour these, a few at a time; an earlier run of the list ends. */
  async run(photos, query) {
    this.#run?.abort();
    this.query = query;
    const run = (this.#run = new AbortController());
    this.#photos = photos;
    this.hidden = false;
    photos.forEach((photo) => (photo.state = "waiting"));
    const queue = [...photos];
    const work = async () => {
      for (let photo; (photo = queue.shift()) && !run.signal.aborted;) await this.#color(photo, query, run.signal);
    };
    this.draw();
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (this.#run === run) this.#run = null;
    this.draw();
  }

  /** End the run: the photographs are no longer here. */
  close() {
    this.#run?.abort();
    this.hidden = true;
  }

  show(photo) {
    this.#shown = photo;
    this.draw();
  }

  draw() {
    const done = this.#photos.filter((photo) => photo.state === "done");
    const ended = this.#photos.filter((photo) => ["done", "failed"].includes(photo.state));
    this.#progress.max = Math.max(1, this.#photos.length);
    this.#progress.value = ended.length;
    this.#count.textContent = `${done.length} of ${this.#photos.length} done`;
    this.#archive.disabled = !done.length;
    this.#cancel.disabled = !this.#run;
    this.#rows.replaceChildren(...this.#photos.map((photo) => this.#row(photo)));
  }

  #row(photo) {
    const current = photo === this.#shown;
    const button = make("button", { type: "button", "aria-current": current, title: photo.trouble },
      make("span", { className: "name" }, photo.name), make("span", { className: `state ${photo.state}` }, WORDS[photo.state]));
    button.addEventListener("click", () => this.dispatchEvent(new CustomEvent("choose", { detail: photo })));
    return make("li", {}, button);
  }

  async #color(photo, query, signal) {
    photo.state = "working";
    this.draw();
    try {
      await photo.result(query, signal);
      photo.state = "done";
    } catch (error) {
      photo.state = signal.aborted ? "waiting" : "failed";
      photo.trouble = error.message;
    }
    this.draw();
  }

  async #download() {
    const taken = new Set();
    const files = [];
    for (const photo of this.#photos.filter((each) => each.state === "done")) {
      try {
        const { blob, suffix } = await photo.result(this.query);
        let name = photo.stem + suffix;
        for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${photo.stem}-${count}${suffix}`;
        taken.add(name.toLowerCase());
        files.push({ name, blob });
      } catch (error) {
        photo.state = "failed"; // its result was given up for other wishes, and the server refuses another
        photo.trouble = error.message;
      }
    }
    if (files.length) save(await zip(files), "tintype.zip");
    this.draw();
  }
}

customElements.define("tintype-list", List);
