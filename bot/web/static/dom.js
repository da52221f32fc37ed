// Small tools on the page's tree. Pages of the server are parsed by the browser as inert documents: nothing in them
// runs, and no text ever becomes markup here.

export const texts = JSON.parse(document.body.dataset.texts || "{}");

export function say(key, values = {}) {
  let sentence = texts[key] ?? key;
  for (const [name, value] of Object.entries(values)) sentence = sentence.replaceAll(`{${name}}`, String(value));
  return sentence;
}

export class Refused extends Error {
  constructor(status, text) { super(text); this.status = status; }
}

// Fetches a page of ours and returns its tree.
export function page(url) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.onload = () => {
      if (request.status === 200 && request.response) resolve(request.response);
      else reject(new Refused(request.status, ""));
    };
    request.onerror = () => reject(new Refused(0, ""));
    request.send();
  });
}

// Puts a part of a fetched page in place of ours, keeping what has not changed and what is being used.
export function renew(name, fetched, root = document) {
  const old = root.querySelector(`[data-region="${name}"]`);
  const fresh = fetched.querySelector(`[data-region="${name}"]`);
  if (!old || !fresh) return;
  for (const { name: attribute, value } of fresh.attributes) if (old.getAttribute(attribute) !== value) old.setAttribute(attribute, value);
  const known = new Map([...old.children].map((child) => [child.dataset.key, child]));
  let place = old.firstElementChild;
  for (const child of [...fresh.children]) {
    const mine = child.dataset.key ? known.get(child.dataset.key) : undefined;
    if (mine) known.delete(child.dataset.key);
    const keep = mine && (mine.isEqualNode(child) || inUse(mine));
    const wanted = keep ? mine : document.adoptNode(child);
    if (mine && !keep) {
      if (place === mine) place = mine.nextElementSibling;
      mine.remove();
    }
    if (wanted === place) place = place.nextElementSibling;
    else old.insertBefore(wanted, place);
  }
  while (place) { const next = place.nextElementSibling; place.remove(); place = next; }
}

function inUse(node) {
  return Boolean(node.querySelector("details[open]"))
    || [...node.querySelectorAll("audio, video")].some((one) => !one.paused && !one.ended)
    || (node.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"));
}

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

// "45 s", "4 min", "2 h": the same words as the server's.
export function span(seconds) {
  for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "min"]]) {
    if (seconds >= size) return say(`web.unit_${unit}`, { count: Math.floor(seconds / size) });
  }
  return say("web.unit_s", { count: Math.max(0, Math.floor(seconds)) });
}

export function atEnd(box) { return box.scrollHeight - box.scrollTop - box.clientHeight < 60; }
export function toEnd(box) { box.scrollTop = box.scrollHeight; }
