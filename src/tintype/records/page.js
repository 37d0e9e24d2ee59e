// SPDX-License-Identifier: Apache-2.0
"use strict";
// The divider of a comparison follows its range input, by hand, finger and keyboard.
document.addEventListener("input", ({ target }) => {
  target.closest(".comparison")?.style.setProperty("--cut", `${target.value}%`);
});
