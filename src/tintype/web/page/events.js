// SPDX-License-Identifier: Apache-2.0
// Server-sent events, read by fetch: the browser's own EventSource cannot send a token.
// Source: WHATWG HTML, section 9.2.6, "Interpreting an event stream".

import { call } from "./api.js";

const PAUSE = 1000; // milliseconds before a stream that broke off is asked for again
const BREAKS = 20; // one after another, before it is given up

/**
 * What a job tells of itself, until it is settled or removed; a stream that breaks off is taken up
 * where it broke off.
 * @param {string} path
 * @yields {{event: string, data: Object}}
 */
export async function* follow(path) {
  let [seen, breaks] = [0, 0];
  while (true) {
    try {
      const answer = await call(path, { headers: { "Last-Event-ID": seen } });
      for await (const { id, event, data } of parse(answer.body)) {
        [seen, breaks] = [id, 0];
        yield { event, data: JSON.parse(data) };
        if (event === "settled" || event === "removed") return;
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch's word for a lost connection
    }
    if (++breaks > BREAKS) throw new TypeError("the connection was lost");
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** The events of a stream of bytes: fields of each, until an empty line. */
async function* parse(body) {
  let rest = "";
  let fields = {};
  for (const reader = body.pipeThrough(new TextDecoderStream()).getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const [name, value] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)];
      if (name) fields[name] = value;
      if (line) continue; // a field, or a comment, which has no name
      if (fields.data) yield fields;
      fields = {};
    }
  }
}
