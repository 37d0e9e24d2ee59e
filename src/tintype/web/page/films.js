// SPDX-License-Identifier: Apache-2.0
// Films: sent as a job, worked on one after another, fetched when they are done.

import { call, hasToken, post, suffixOf } from "./api.js";
import { make } from "./elements.js";
import { follow } from "./events.js";
import { save } from "./photo.js";

const SUFFIXES = /\.(3gp|avi|flv|m2ts|m4v|mkv|mov|mp4|mpe?g|mts|mxf|ogv|ts|vob|webm|wmv)$/i;
const OPTIONS = ["vividness", "saturation"]; // of the sliders, those that films have too
const OPEN = ["sending", "waiting", "working"];
const WORDS = { sending: "is sent…", waiting: "waits", done: "done", failed: "failed", cancelled: "cancelled" };

export function isFilm(file) {
  return file.type.startsWith("video/") || SUFFIXES.test(file.name);
}

/** One film's row in the list, and what has become of it. */
class Film {
  state = "sending";
  number = 0; // in its job; 0 until it is there
  #progress = make("progress", { max: 1, value: 0 });
  #state = make("span");
  #words = make("small");
  #fetch = make("button", { type: "button" }, "Download");

  constructor(file) {
    this.file = file;
    this.name = file.name;
    this.#progress.setAttribute("aria-label", `How far ${file.name} is`);
    this.#fetch.setAttribute("aria-label", `Download ${file.name}`);
    this.#fetch.addEventListener("click", () => this.onfetch());
    this.row = make("li", {}, make("span", { className: "name" }, file.name), this.#progress,
      this.#state, this.#fetch, this.#words);
    this.draw({});
  }

  get open() {
    return OPEN.includes(this.state);
  }

  /** Show what the server, or what happened here, says of it. */
  draw({ number = this.number, state = this.state, progress = 0, problem, notices = [] }) {
    Object.assign(this, { number, state });
    this.#progress.value = progress;
    this.#progress.hidden = state !== "working";
    this.#state.className = `state ${state}`;
    this.#state.textContent = WORDS[state] ?? `${Math.floor(100 * progress)} %`;
    this.#fetch.hidden = state !== "done";
    this.#words.textContent = problem?.detail ?? notices.join("; ");
  }
}

/** The list of films; a drop of films joins those that are worked on. */
class Films extends HTMLElement {
  #films = [];
  #job = null; // promise of what films are sent to; none until there is one, and after a cancel
  #jobs = new Set(); // all that may have results, as paths
  #rows = make("ol");
  #cancel = make("button", { type: "button" }, "Cancel");

  connectedCallback() {
    const title = make("h2", { id: "films-title" }, "Films");
    this.tabIndex = 0; // by keyboard too it can be scrolled, when nothing in it can be pressed
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", title.id);
    this.append(make("div", { className: "row" }, title, make("p", { className: "faint" },
      "Coloured as the sliders stood, one at a time. Keep this page open until they are done."),
    this.#cancel), this.#rows);
    this.#cancel.addEventListener("click", () => this.#stop());
    addEventListener("beforeunload", (event) => this.#open && event.preventDefault());
    addEventListener("pagehide", () => this.#leave());
  }

  /** Colour these. */
  async take(files, query) {
    const films = files.map((file) => new Film(file));
    this.#films.push(...films);
    this.#rows.append(...films.map((film) => film.row));
    this.hidden = false;
    this.#draw();
    const wanted = Object.fromEntries(OPTIONS.map((name) => [name, query[name]]));
    let job;
    try {
      job = await this.#join();
    } catch (error) {
      this.#job = null;
      this.#fail(films, error);
      return;
    }
    for (const film of films) await this.#send(film, job, wanted);
  }

  /** The job that films are sent to; another one where nobody asked for it so long that it is gone. */
  async #join() {
    const job = await (this.#job ??= this.#begin());
    try {
      await call(job.path);
      return job;
    } catch (error) {
      if (error.status !== 404) throw error;
      return (this.#job = this.#begin());
    }
  }

  async #begin() {
    const { id } = await (await call("v1/jobs", { method: "POST" })).json();
    const path = `v1/jobs/${id}`;
    this.#jobs.add(path);
    return { path, films: new Map(), followed: false, stop: new AbortController() };
  }

  async #send(film, job, wanted) {
    film.onfetch = () => this.#fetch(film, job);
    const { signal } = job.stop;
    try {
      const query = { ...wanted, name: film.name };
      const told = await (await post(`${job.path}/films`, query, film.file, signal)).json();
      job.films.set(told.number, film);
      film.draw(told);
      this.#follow(job);
    } catch (error) {
      if (signal.aborted) film.draw({ state: "cancelled" });
      else this.#fail([film], error);
    }
    this.#draw();
  }

  /** Keep the rows of a job's films as the server says that they are, until none is open. */
  async #follow(job) {
    if (job.followed) return;
    job.followed = true;
    const open = () => [...job.films.values()].filter((film) => film.open);
    try {
      while (open().length) {
        for await (const { event, data } of follow(`${job.path}/events`)) {
          if (event === "removed") throw new Error("the server has put it away");
          for (const told of data.files ?? [data]) job.films.get(told.number)?.draw(told);
          this.#draw();
        }
      }
    } catch (error) {
      this.#fail(open(), error);
    }
    job.followed = false;
  }

  /** Fetch a result; where no token is needed the browser does, which puts it on disk as it comes. */
  async #fetch(film, { path }) {
    const result = `${path}/results/${film.number}`;
    try {
      await call(path); // a job that nobody has asked for in a long time is no longer there
      if (!hasToken()) {
        make("a", { href: result, download: "" }).click();
        return;
      }
      const answer = await call(result);
      save(await answer.blob(), film.name.replace(/\.[^.]*$/, "") + suffixOf(answer));
    } catch (error) {
      this.#fail([film], error);
    }
  }

  async #stop() {
    const job = await this.#job;
    if (!job) return; // pressed twice
    this.#job = null;
    job.stop.abort();
    try {
      await call(`${job.path}/cancel`, { method: "POST" });
    } catch (error) {
      this.#fail([...job.films.values()].filter((film) => film.open), error);
    }
  }

  /** Nobody else knows of the jobs: what is made there is of no use to anyone any more. */
  #leave() {
    for (const path of this.#jobs) call(path, { method: "DELETE", keepalive: true }).catch(() => {});
  }

  #fail(films, { message }) {
    for (const film of films) film.draw({ state: "failed", problem: { detail: message } });
    this.#draw();
  }

  get #open() {
    return this.#films.some((film) => film.open);
  }

  #draw() {
    this.#cancel.disabled = !this.#open;
  }
}

customElements.define("tintype-films", Films);
