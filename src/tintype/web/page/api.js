// SPDX-License-Identifier: Apache-2.0
// The server, as the page asks it: one file as a request's body, options in the query.

const TOKEN = "tintype-token";
const TRIES = 40; // of a request that the server had no place for

/** What the server answered instead of a result; the message is its problem detail. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Take the token out of the address, where it would be seen and kept, into this tab's storage. */
export function adoptToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    keepToken(given);
    history.replaceState(null, "", location.pathname);
  }
}

export function keepToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

export function hasToken() {
  return sessionStorage.getItem(TOKEN) != null;
}

/**
 * Ask once.
 * @param {string} path
 * @param {RequestInit} [request]
 */
export async function call(path, request = {}) {
  return checked(await ask(path, request));
}

/**
 * Send a photograph, or a film; where the server has no place, wait as long as it says and try again.
 * @param {string} path
 * @param {Object<string, string|number|Object>} query options, what is empty is left to the server;
 *   a `reference` with a file goes along in a form
 * @param {Blob} photograph
 * @param {AbortSignal} [signal]
 */
export async function post(path, query, photograph, signal) {
  const { reference, ...options } = query;
  const told = Object.entries(options).filter(([, value]) => value !== "" && value != null);
  const body = reference ? form({ photograph, reference: reference.file }) : photograph;
  const address = `${path}?${new URLSearchParams(told)}`;
  for (let left = TRIES; ; left--) {
    const answer = await ask(address, { method: "POST", body, signal });
    const pause = Number(answer.headers.get("Retry-After"));
    if (![429, 503].includes(answer.status) || !pause || !left) return checked(answer);
    await new Promise((resolve) => setTimeout(resolve, 1000 * pause));
    signal?.throwIfAborted();
  }
}

/** The suffix that the server would give a result's file; its name may be one of RFC 8187, with no quotes. */
export function suffixOf(answer) {
  const name = /filename(?:="|\*=utf-8'')([^";]*)/i.exec(answer.headers.get("Content-Disposition") ?? "");
  return name ? name[1].slice(name[1].lastIndexOf(".")) : "";
}

function form(files) {
  const data = new FormData();
  for (const [name, file] of Object.entries(files)) data.append(name, file);
  return data;
}

function ask(path, request) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = { ...request.headers, ...(token && { Authorization: `Bearer ${token}` }) };
  return fetch(path, { ...request, headers, cache: "no-store", credentials: "omit" });
}

async function checked(answer) {
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  throw new Problem(answer.status, told.detail ?? `the server answered ${answer.status}`);
}
