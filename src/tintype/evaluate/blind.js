// SPDX-License-Identifier: Apache-2.0
// The blind vote: one pair at a time; votes are kept in the browser and given out as a file.
(() => {
  const { page, pairs } = JSON.parse(document.getElementById("vote").textContent);
  const shown = [...document.querySelectorAll(".pair")];
  const progress = document.getElementById("progress");
  const tally = document.getElementById("tally");
  const store = `tintype-vote-${page}`;
  const keys = { ArrowLeft: "left", ArrowDown: "same", ArrowRight: "right" };
  let votes = load();

  function load() {
    try {
      const kept = JSON.parse(localStorage.getItem(store));
      if (Array.isArray(kept) && kept.length <= pairs) return kept;
    } catch { /* nothing was kept, or the browser keeps nothing: then from the start */ }
    return [];
  }

  function show() {
    try {
      localStorage.setItem(store, JSON.stringify(votes));
    } catch { /* the votes last as long as the page, then */ }
    shown.forEach((pair, number) => { pair.hidden = number !== votes.length; });
    progress.textContent = votes.length < pairs
      ? `Pair ${votes.length + 1} of ${pairs}`
      : `All ${pairs} pairs are voted on; save the votes.`;
  }

  function vote(side) {
    if (votes.length < pairs) votes.push(side);
    show();
  }

  function count(key) {
    if (key.page !== page) return "This is the key to another page.";
    const names = [...key.names, "no difference"];
    const said = votes.map((side, number) => side === "same" ? "no difference" : key.pairs[number][side]);
    return names.map((name) => `${name}: ${said.filter((one) => one === name).length}`).join(" · ");
  }

  document.getElementById("pairs").addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button) vote(button.dataset.vote);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input")) return;
    if (event.key in keys) vote(keys[event.key]);
    else if (event.key === "Backspace") { votes.pop(); show(); }
    else return;
    event.preventDefault();
  });
  document.getElementById("restart").addEventListener("click", () => { votes = []; show(); });
  document.getElementById("save").addEventListener("click", () => {
    const filled = Array.from({ length: pairs }, (_, number) => votes[number] ?? null);
    const file = new Blob([JSON.stringify({ page, votes: filled })], { type: "application/json" });
    const link = Object.assign(document.createElement("a"), {
      href: URL.createObjectURL(file), download: `votes-${page}.json`,
    });
    link.click();
    URL.revokeObjectURL(link.href);
  });
  document.getElementById("key").addEventListener("change", async ({ target }) => {
    try {
      tally.textContent = count(JSON.parse(await target.files[0].text()).content);
    } catch {
      tally.textContent = "This is no key.";
    }
  });
  show();
})();
