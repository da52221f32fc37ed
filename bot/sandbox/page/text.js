// Formatted text: entities of the Bot API become elements. Offsets are UTF-16 units, as are JavaScript's.

import { el } from "./dom.js";

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const LINKS = /^(https?:|tg:|mailto:)/i;

function link(address, inner) {
  if (!LINKS.test(address)) return el("span", { class: "marked" }, ...inner);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", title: address }, ...inner);
}

function wrap(entity, covered, inner, onCommand) {
  const { type } = entity;
  if (TAGS[type]) return el(TAGS[type], {}, ...inner);
  if (type === "text_link") return link(entity.url, inner);
  if (type === "url") return link(covered.includes("://") ? covered : `https://${covered}`, inner);
  if (type === "email") return link(`mailto:${covered}`, inner);
  if (type === "spoiler") return el("span", { class: "spoiler", tabindex: 0 }, ...inner);
  if (type === "bot_command" && onCommand) {
    return el("button", { type: "button", class: "command", onclick: () => onCommand(covered) }, ...inner);
  }
  return el("span", { class: "marked" }, ...inner);
}

export function formatted(text, entities = [], onCommand = null) {
  const build = (from, to, list) => {
    const nodes = [];
    let at = from;
    for (let n = 0; n < list.length; n += 1) {
      const entity = list[n];
      const start = Math.max(entity.offset, at);
      const end = Math.min(entity.offset + entity.length, to);
      if (end <= start) continue;
      if (start > at) nodes.push(text.slice(at, start));
      const within = list.slice(n + 1).filter((other) => other.offset < end);
      nodes.push(wrap(entity, text.slice(start, end), build(start, end, within), onCommand));
      at = end;
    }
    if (at < to) nodes.push(text.slice(at, to));
    return nodes;
  };
  const sorted = [...entities].sort((one, other) => one.offset - other.offset || other.length - one.length);
  return build(0, text.length, sorted);
}
