// SPDX-License-Identifier: Apache-2.0
// Elements, made without markup in strings.

/**
 * @param {string} tag
 * @param {Object} [properties] of the element; `aria-…` and `role` are set as attributes
 * @param {...(Node|string)} children
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "role" || name.startsWith("aria-")) element.setAttribute(name, value);
    else if (name === "htmlFor" && tag === "output") element.setAttribute("for", value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
