// Formatted text as nodes: only text nodes and a short list of elements, links only to safe addresses.

import { element } from "./dom.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "code", blockquote: "q" };
const SAFE = /^(https?:\/\/|mailto:|tel:)\S+$/i;
const BARE = /https?:\/\/[^\s<>"'«»“”]*[^\s<>"'«»“”.,;:!?)\]}]/gi; // what ends a sentence is no part of an address

export function rich(text, entities) {
  const whole = document.createDocumentFragment();
  const edges = new Set([0, text.length]);
  for (const [, offset, length] of entities) { edges.add(offset); edges.add(Math.min(offset + length, text.length)); }
  const cuts = [...edges].filter((edge) => edge >= 0 && edge <= text.length).sort((a, b) => a - b);
  for (let n = 0; n + 1 < cuts.length; n += 1) {
    const [from, to] = [cuts[n], cuts[n + 1]];
    const covering = entities.filter(([, offset, length]) => offset <= from && to <= offset + length);
    const plain = covering.some(([kind]) => kind === "text_link" || kind === "code" || kind === "pre");
    let node = plain ? document.createTextNode(text.slice(from, to)) : linked(text.slice(from, to));
    for (const [kind, , , value] of covering.sort((a, b) => a[2] - b[2] || b[1] - a[1])) node = wrapped(node, kind, value);
    whole.append(node);
  }
  return whole;
}

function linked(text) {
  const found = [...text.matchAll(BARE)];
  if (!found.length) return document.createTextNode(text);
  const whole = document.createDocumentFragment();
  let after = 0;
  for (const one of found) {
    whole.append(document.createTextNode(text.slice(after, one.index)), link(one[0], document.createTextNode(one[0])));
    after = one.index + one[0].length;
  }
  whole.append(document.createTextNode(text.slice(after)));
  return whole;
}

function link(address, node) {
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, node);
}

function wrapped(node, kind, value) {
  if (kind === "text_link") return SAFE.test(value) ? link(value, node) : node;
  return TAGS[kind] ? element(TAGS[kind], {}, node) : node;
}

export function safeLink(url) { return SAFE.test(url); }
