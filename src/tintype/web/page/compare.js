// SPDX-License-Identifier: Apache-2.0
// Before and after, one over the other, with a divider between; zoom and pan at full resolution.

import { clamp, make } from "./elements.js";

const CLOSEST = 16; // screen pixels of one pixel of the photograph
const STEP = 1.25; // of a zoom
const STILL = 5; // screen pixels: a pointer that moves less has pressed, not dragged
const NEAR = 3; // from this scale on, pixels are shown as squares

/** Fires `pick` with {x, y} in the photograph's pixels when a place of it is pressed. */
class Compare extends HTMLElement {
  #before = make("img", { alt: "The photograph as it was", draggable: false });
  #after = make("img", { alt: "The photograph with computed colours", draggable: false });
  #veil = make("img", { alt: "How sure the network is: magenta where it is not", className: "veil", hidden: true });
  #under = make("div", { className: "layer" }, this.#before);
  #over = make("div", { className: "layer" }, this.#after, this.#veil);
  #divider = make("button", { type: "button", className: "divider", role: "slider",
    "aria-label": "Divider between before and after", "aria-valuemin": 0, "aria-valuemax": 100 });
  #marks = make("div", { className: "marks" });
  #stage = make("div", { className: "stage", tabIndex: 0, role: "group", "aria-label":
    "Before and after. Plus and minus zoom, arrows pan, zero fits, Enter picks the middle." });
  #scale = make("output", { className: "scale", "aria-label": "Zoom" });
  #pointers = new Map();
  #moved = 0;
  #share = 0.5; // of the stage that is before
  #view = { scale: 1, x: 0, y: 0 }; // screen pixels of one pixel; place of its corner
  #fits = true;

  connectedCallback() {
    const tags = [make("span", { className: "tag before" }, "before"),
      make("span", { className: "tag after" }, "after")];
    this.#stage.append(this.#under, this.#over, ...tags, this.#divider, this.#marks,
      make("span", { className: "aim", "aria-hidden": true }));
    this.append(this.#stage, this.#buttons());
    this.#stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.#stage.addEventListener("keydown", (event) => this.#key(event));
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      this.#stage.addEventListener(kind, (event) => this.#pointer(event));
    }
    this.#divider.addEventListener("pointerdown", (event) => this.#grab(event));
    this.#divider.addEventListener("keydown", (event) => this.#divide(event));
    new ResizeObserver(() => (this.#fits ? this.fit() : this.draw())).observe(this.#stage);
    this.share = 0.5;
  }

  /** Show another photograph as it was; what is after is empty until it is there. */
  async showBefore(address) {
    this.#after.hidden = true;
    this.#before.hidden = false;
    this.#before.src = address;
    await this.#before.decode();
    this.fit();
  }

  /** Show none. */
  clear() {
    this.#before.hidden = this.#after.hidden = true;
    this.#before.removeAttribute("src");
    this.draw();
  }

  /** Show what it became; a smaller preview is shown at the same size. */
  async showAfter(address) {
    const next = make("img", { src: address, alt: this.#after.alt, draggable: false });
    await next.decode();
    this.#after.replaceWith(next);
    this.#after = next;
    this.draw();
  }

  get size() {
    return { width: this.#before.naturalWidth, height: this.#before.naturalHeight };
  }

  /** The photograph as it was, at most so many pixels on its short side. */
  async preview(side) {
    const { width, height } = this.size;
    const scale = Math.min(1, side / Math.min(width, height));
    const canvas = make("canvas", { width: Math.max(1, Math.round(scale * width)),
      height: Math.max(1, Math.round(scale * height)) });
    canvas.getContext("2d").drawImage(this.#before, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
    return { blob, scale: canvas.width / width };
  }

  /** Lay a picture over what is after: an address, which is then let go, or null for none. */
  async showVeil(address) {
    this.#veil.hidden = !address;
    this.#stage.classList.toggle("veiled", Boolean(address));
    if (address) {
      this.#veil.src = address;
      await this.#veil.decode();
      URL.revokeObjectURL(address);
    }
    this.draw();
  }

  /** A bar below, to which others may add their buttons. */
  get bar() {
    return this.querySelector(".bar");
  }

  /** Put marks over the photograph: elements with x and y in their data, in its pixels. */
  set marks(marks) {
    this.#marks.replaceChildren(...marks);
    this.draw();
  }

  set share(share) {
    this.#share = clamp(share, 0, 1);
    const percent = Math.round(100 * this.#share);
    this.#divider.setAttribute("aria-valuenow", percent);
    this.#divider.setAttribute("aria-valuetext", `${percent} % before, ${100 - percent} % after`);
    this.draw();
  }

  get share() {
    return this.#share;
  }

  fit() {
    const { width, height } = this.size;
    const { clientWidth, clientHeight } = this.#stage;
    if (!width || !clientWidth) return;
    const scale = Math.min(clientWidth / width, clientHeight / height);
    this.#view = { scale, x: (clientWidth - scale * width) / 2, y: (clientHeight - scale * height) / 2 };
    this.#fits = true;
    this.draw();
  }

  /** The place under a point of the screen, in the photograph's pixels; null outside of it. */
  placeAt(clientX, clientY) {
    const box = this.#stage.getBoundingClientRect();
    const x = Math.floor((clientX - box.left - this.#view.x) / this.#view.scale);
    const y = Math.floor((clientY - box.top - this.#view.y) / this.#view.scale);
    const { width, height } = this.size;
    return x >= 0 && y >= 0 && x < width && y < height ? { x, y } : null;
  }

  #buttons() {
    const zooms = [["−", "Zoom out", () => this.#zoom(1 / STEP)], ["+", "Zoom in", () => this.#zoom(STEP)],
      ["Fit", "Fit the whole photograph", () => this.fit()],
      ["1:1", "1:1, a pixel as a pixel", () => this.#zoom(1 / devicePixelRatio / this.#view.scale)]];
    const buttons = zooms.map(([text, label, act]) => {
      const button = make("button", { type: "button", "aria-label": label, title: label }, text);
      button.addEventListener("click", act);
      return button;
    });
    buttons.splice(1, 0, this.#scale);
    return make("div", { className: "bar", role: "group", "aria-label": "View" }, ...buttons);
  }

  #zoom(factor, at = [this.#stage.clientWidth / 2, this.#stage.clientHeight / 2]) {
    const { width, height } = this.size;
    const least = Math.min(this.#stage.clientWidth / width, this.#stage.clientHeight / height, 1) / 2;
    const scale = clamp(this.#view.scale * factor, least, CLOSEST);
    const grown = scale / this.#view.scale;
    this.#view = { scale, x: at[0] - grown * (at[0] - this.#view.x), y: at[1] - grown * (at[1] - this.#view.y) };
    this.#fits = false;
    this.draw();
  }

  #pan(x, y) {
    this.#view.x += x;
    this.#view.y += y;
    this.#fits = false;
    this.draw();
  }

  draw() {
    const { scale, x, y } = this.#view;
    const { width, height } = this.size;
    for (const image of [this.#before, this.#after, this.#veil]) {
      image.style.width = `${width}px`;
      image.style.height = `${height}px`;
      image.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
      image.classList.toggle("near", scale >= NEAR && image !== this.#veil);
    }
    const cut = this.#share * this.#stage.clientWidth;
    this.#over.style.clipPath = `inset(0 0 0 ${cut}px)`;
    this.#under.style.clipPath = this.#after.hidden ? "" : `inset(0 ${this.#stage.clientWidth - cut}px 0 0)`;
    this.#divider.style.left = `${cut}px`;
    this.#scale.value = `${Math.round(100 * scale * devicePixelRatio)} %`;
    for (const mark of this.#marks.children) {
      mark.style.left = `${x + scale * (Number(mark.dataset.x) + 0.5)}px`;
      mark.style.top = `${y + scale * (Number(mark.dataset.y) + 0.5)}px`;
    }
  }

  #wheel(event) {
    event.preventDefault();
    const box = this.#stage.getBoundingClientRect();
    this.#zoom(Math.exp(-event.deltaY / 400), [event.clientX - box.left, event.clientY - box.top]);
  }

  #key(event) {
    if (event.target !== this.#stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const { clientWidth, clientHeight } = this.#stage;
    const box = this.#stage.getBoundingClientRect();
    const acts = {
      "+": () => this.#zoom(STEP), "=": () => this.#zoom(STEP), "-": () => this.#zoom(1 / STEP),
      0: () => this.fit(),
      ArrowLeft: () => this.#pan(clientWidth / 10, 0), ArrowRight: () => this.#pan(-clientWidth / 10, 0),
      ArrowUp: () => this.#pan(0, clientHeight / 10), ArrowDown: () => this.#pan(0, -clientHeight / 10),
      Enter: () => this.#pick(box.left + clientWidth / 2, box.top + clientHeight / 2),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  #pointer(event) {
    if (event.target.closest(".mark, .divider")) return;
    if (event.type === "pointerdown") {
      if (event.button) return;
      this.#moved = this.#pointers.size ? Infinity : 0;
      this.#pointers.set(event.pointerId, event);
      this.#stage.setPointerCapture(event.pointerId);
      return;
    }
    const last = this.#pointers.get(event.pointerId);
    if (!last) return;
    if (event.type === "pointermove") {
      this.#moved += Math.hypot(event.clientX - last.clientX, event.clientY - last.clientY);
      this.#stage.classList.toggle("dragging", this.#moved >= STILL);
      this.#drag(last, event);
      this.#pointers.set(event.pointerId, event);
      return;
    }
    this.#pointers.delete(event.pointerId);
    this.#stage.classList.remove("dragging");
    if (event.type === "pointerup" && this.#moved < STILL) this.#pick(event.clientX, event.clientY);
  }

  #drag(last, event) {
    const other = [...this.#pointers.values()].find((each) => each.pointerId !== event.pointerId);
    if (!other) {
      if (this.#moved >= STILL) this.#pan(event.clientX - last.clientX, event.clientY - last.clientY);
      return;
    }
    const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const box = this.#stage.getBoundingClientRect();
    const middle = [(event.clientX + other.clientX) / 2 - box.left, (event.clientY + other.clientY) / 2 - box.top];
    this.#pan((event.clientX - last.clientX) / 2, (event.clientY - last.clientY) / 2);
    this.#zoom(apart(event) / Math.max(apart(last), 1), middle);
  }

  #pick(clientX, clientY) {
    const detail = this.placeAt(clientX, clientY);
    if (detail) this.dispatchEvent(new CustomEvent("pick", { detail }));
  }

  #grab(event) {
    this.#divider.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const box = this.#stage.getBoundingClientRect();
      this.share = (moved.clientX - box.left) / box.width;
    };
    this.#divider.addEventListener("pointermove", move);
    const end = () => this.#divider.removeEventListener("pointermove", move);
    this.#divider.addEventListener("lostpointercapture", end, { once: true });
  }

  #divide(event) {
    const step = event.shiftKey ? 0.1 : 0.02;
    const shares = { ArrowLeft: this.#share - step, ArrowDown: this.#share - step,
      ArrowRight: this.#share + step, ArrowUp: this.#share + step, Home: 0, End: 1 };
    if (!(event.key in shares)) return;
    event.preventDefault();
    this.share = shares[event.key];
  }
}

customElements.define("tintype-compare", Compare);
