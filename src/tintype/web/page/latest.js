// SPDX-License-Identifier: Apache-2.0
// Work that cannot keep up with what asks for it: one at a time, and then only the latest.

/**
 * @param {() => Promise<void>} work
 * @returns {() => void} asks for the work; while it is being done, once more is enough
 */
export function latest(work) {
  let [running, again] = [false, false];
  return async function ask() {
    again = true;
    if (running) return;
    running = true;
    try {
      while (again) {
        again = false;
        await work();
      }
    } finally {
      running = false;
    }
  };
}
