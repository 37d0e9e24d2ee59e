// SPDX-License-Identifier: Apache-2.0
// One photograph in the page: its file, what is wanted of it, and what became of it.

import { post, suffixOf } from "./api.js";

const SHOWN = ["image/jpeg", "image/png", "image/webp", "image/avif", "image/bmp"]; // by browsers

export class Photo {
  state = "waiting"; // working, done, failed
  trouble = "";
  hints = []; // replaced as a whole and never changed, so that the past can keep them
  past = [];
  future = [];
  #result = null; // {key, answer: promise of {blob, suffix, wasColored}, signal: who may give it up}
  #addresses = {};

  /** @param {File} file */
  constructor(file) {
    this.file = file;
    this.name = file.name || "pasted";
  }

  /** The name without its suffix; a number behind the last dot (3.5.1944) is none. */
  get stem() {
    return this.name.replace(/\.(?!\d+$)[^.]*$/, "") || "photograph";
  }

  /** An address of the photograph as it was, in a format that the browser shows. */
  async before(signal) {
    if (!this.#addresses.before) {
      const shown = SHOWN.includes(this.file.type) && (await decodes(this.file));
      const blob = shown ? this.file : await this.#fetch({ saturation: 0, format: "png" }, signal);
      this.#addresses.before = URL.createObjectURL(blob);
    }
    return this.#addresses.before;
  }

  /** An address of the result, in a format that the browser shows. */
  async after(query, signal) {
    const result = await this.result(query, signal);
    const shown = SHOWN.includes(result.blob.type);
    const blob = shown ? result.blob : await this.#fetch({ ...this.wanted(query), format: "png" }, signal);
    URL.revokeObjectURL(this.#addresses.after);
    return (this.#addresses.after = URL.createObjectURL(blob));
  }

  /** The result as it is downloaded; computed once for the same wishes, and again if its asker gives it up. */
  async result(query, signal) {
    const wanted = this.wanted(query);
    while (true) {
      const shared = this.#share(wanted, signal);
      try {
        return await shared.answer;
      } catch (error) {
        if (!shared.signal?.aborted || signal?.aborted) throw error;
      }
    }
  }

  /** What is wanted of all photographs, and of this one. */
  wanted(query) {
    return this.hints.length ? { ...query, hints: JSON.stringify(this.hints) } : query;
  }

  release() {
    Object.values(this.#addresses).forEach((address) => URL.revokeObjectURL(address));
  }

  /** What is being made for the same wishes, or is there; else it is begun. */
  #share(wanted, signal) {
    const key = JSON.stringify(wanted);
    if (this.#result?.key !== key || this.#result.signal?.aborted) {
      const made = { key, signal, answer: this.#make(wanted, signal) };
      const keep = () => (made.signal = null); // nobody gives up what is there
      const forget = () => this.#result === made && (this.#result = null);
      made.answer.then(keep, forget);
      this.#result = made;
    }
    return this.#result;
  }

  async #make(wanted, signal) {
    const answer = await post("v1/colorize", wanted, this.file, signal);
    const wasColored = answer.headers.get("Tintype-Was-Colored") === "1";
    return { blob: await answer.blob(), suffix: suffixOf(answer), wasColored };
  }

  async #fetch(query, signal) {
    return (await post("v1/colorize", query, this.file, signal)).blob();
  }
}

/** Whether the browser shows a file whose type it says that it knows. */
async function decodes(file) {
  const address = URL.createObjectURL(file);
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
    return true;
  } catch {
    return false; // the server may read what the browser cannot, and says so if it cannot either
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Offer a blob as a download. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
