// Files in the bubbles: what cannot be shown is said where it would stand, and can be asked for again.

import { element, say } from "./dom.js";

const missing = new Map();  // address -> what would stand there and what is said, so that a conversation that is fetched again asks nobody
const asking = new Set();

function sentence(address) {
  const { said, there } = missing.get(address);
  const next = there
    ? element("a", { href: address, target: "_blank", rel: "noopener" }, say("web.save_file"))
    : element("button", { type: "button", class: "link", "data-again": address }, say("web.file_again"));
  return element("p", { class: "missing", "data-missing": address }, element("span", {}, said), next);
}

// Puts into words what is known to be missing, in a page that was just fetched.
export function asKnown(fetched) {
  for (const shown of missing.size ? fetched.querySelectorAll("[data-file]") : []) {
    if (missing.has(shown.dataset.file)) shown.replaceWith(sentence(shown.dataset.file));
  }
}

async function why(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json", Range: "bytes=0-0" } }).catch(() => null);
  if (!answer) return { said: say("web.offline") };
  if (answer.ok) return { said: say("web.file_not_shown"), there: true };
  return { said: (await answer.json().catch(() => ({}))).error || say("web.file_later") };
}

// The errors of pictures and players go down to them and never up.
document.addEventListener("error", async (event) => {
  const shown = event.target.closest?.("[data-file]");
  const address = shown?.dataset.file;
  if (!address || asking.has(address)) return;
  asking.add(address);
  missing.set(address, { ...await why(address), node: shown.cloneNode(true) });
  asking.delete(address);
  for (const one of document.querySelectorAll("[data-file]")) if (one.dataset.file === address) one.replaceWith(sentence(address));
}, true);

document.addEventListener("click", (event) => {
  const again = event.target.closest?.("[data-again]");
  if (!again) return;
  const { node } = missing.get(again.dataset.again);
  missing.delete(again.dataset.again);
  again.closest("[data-missing]").replaceWith(node);
});
