// Formatted text as nodes: only text nodes and a short list of elements, links only to safe addresses.

import { element } from "./dom.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "code", blockquote: "q" };
const SAFE = /^(https?:\/\/|mailto:|tel:)\S+$/i;

export function rich(text, entities) {
  const whole = document.createDocumentFragment();
  const edges = new Set([0, text.length]);
  for (const [, offset, length] of entities) { edges.add(offset); edges.add(Math.min(offset + length, text.length)); }
  const cuts = [...edges].filter((edge) => edge >= 0 && edge <= text.length).sort((a, b) => a - b);
  for (let n = 0; n + 1 < cuts.length; n += 1) {
    const [from, to] = [cuts[n], cuts[n + 1]];
    let node = document.createTextNode(text.slice(from, to));
    const covering = entities.filter(([, offset, length]) => offset <= from && to <= offset + length);
    for (const [kind, , , value] of covering.sort((a, b) => a[2] - b[2] || b[1] - a[1])) node = wrapped(node, kind, value);
    whole.append(node);
  }
  return whole;
}

function wrapped(node, kind, value) {
  if (kind === "text_link") {
    return SAFE.test(value) ? element("a", { href: value, target: "_blank", rel: "noopener noreferrer nofollow" }, node) : node;
  }
  return TAGS[kind] ? element(TAGS[kind], {}, node) : node;
}

export function safeLink(url) { return SAFE.test(url); }
