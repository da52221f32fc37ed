// The bubbles of the customer's page, with the buttons below them: only what can still be answered can be pressed.

import { atEnd, element, say, toEnd } from "./dom.js";
import { rich, safeLink } from "./richtext.js";

const log = document.querySelector(".log");
const below = document.querySelector(".below");
const firstSteps = document.querySelector(".first-steps");
const shown = new Map();
const told = new WeakMap();
const MARKS = /^(yes|no):/;
const WHILE_WAITING = /^solved:/;
const WITHOUT_PEOPLE = /^human$/;
let dots = null;
let placed = 0;

export function has(id) { return shown.has(id); }
export function isEmpty() { return !shown.size; }

// What goes on with the form stands out, what leads away from it steps back.
const ONWARD = /^form:confirm:yes/;
const ASIDE = /^form:\w+:(back|cancel|skip|keep|change|summary)|^none:|^csat_skip$|^solved:|^human$|^topics$/;

function weight(action) {
  if (ONWARD.test(action)) return "main";
  if (MARKS.test(action)) return "mark";
  return ASIDE.test(action) ? "aside" : undefined;
}

// 👍 and 👎 are no answers: they stay until they are pressed, and leave no bubble.
export function isMark(action) { return MARKS.test(action); }

// A long answer is shown from the question on, not from its end; somebody who has scrolled away is told and left alone.
function add(node, own) {
  const follow = own || atEnd(log) || Math.abs(log.scrollTop - placed) < 4;
  log.insertBefore(node, dots);
  if (follow) {
    const question = [...log.querySelectorAll(".bubble.customer")].at(-1);
    log.scrollTop = question ? question.offsetTop - log.offsetTop - 12 : log.scrollHeight;
    placed = log.scrollTop;
  }
  if (atEnd(log)) return;
  below.dataset.count = Number(below.dataset.count || 0) + 1;
  below.querySelector("span").textContent = say("chat.new_below", { count: below.dataset.count });
  below.hidden = false;
}

below.addEventListener("click", () => toEnd(log));
log.addEventListener("scroll", () => { if (atEnd(log)) { below.hidden = true; below.dataset.count = 0; } });

const SOUNDS = new Set(["voice", "audio"]);
const FILMS = new Set(["video", "animation", "video_note"]);

// A picture is shown, a sound or film can be played, everything else is saved.
function file(kind, { url, name }) {
  if (kind === "photo") return element("a", { href: url, target: "_blank", rel: "noopener" }, element("img", { src: url, alt: name }));
  if (SOUNDS.has(kind)) return element("audio", { src: url, controls: "", preload: "metadata" });
  if (FILMS.has(kind)) return element("video", { src: url, controls: "", preload: "metadata" });
  return element("p", {}, element("a", { href: url, download: name }, `${say("chat.download")}: ${name}`));
}

function contents(message) {
  const parts = [];
  if (message.details?.gone) {
    parts.push(element("p", {}, `${message.details.name}: ${say("chat.file_gone")}`));
  } else if (message.details?.url) {
    parts.push(file(message.kind, message.details));
  } else if (message.kind === "location" || message.kind === "venue") {
    parts.push(element("p", {}, `${say("chat.position")}: ${message.details.latitude}, ${message.details.longitude}`));
  } else if (message.kind === "contact") {
    parts.push(element("p", {}, [message.details.name, message.details.phone].filter(Boolean).join(" · ")));
  }
  if (message.text) {
    const text = element("p", { class: "text", dir: "auto" });
    text.append(rich(message.text, message.entities ?? []));
    parts.push(text);
  }
  return parts;
}

const drawings = document.getElementById("marks").content;

// A mark is drawn, for not every system has a picture of 👍; everything else is words.
function pressable(label, action) {
  const button = element("button", { type: "button", class: weight(action), "data-action": action });
  const mark = isMark(action) ? drawings.querySelector(`[data-mark="${action.split(":")[0]}"]`) : null;
  if (mark) {
    button.setAttribute("aria-label", mark.title);
    button.title = mark.title;
  }
  button.append(mark ? mark.firstElementChild.cloneNode(true) : label);
  return button;
}

function buttonRows(message) {
  const rows = (message.buttons ?? []).filter((row) => row.length);
  if (!rows.length) return null;
  const box = element("div", { class: "buttons" });
  for (const row of rows) {
    const line = element("div", { class: "line" });
    for (const [label, action, url] of row) {
      if (!url) line.append(pressable(label, action));
      else if (safeLink(url)) line.append(element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label));
    }
    box.append(line);
  }
  return box;
}

export function show(message, own = false) {
  if (shown.has(message.id)) return shown.get(message.id);
  const before = [...log.querySelectorAll("article.bubble")].at(-1);
  const article = element("article", { class: `bubble ${message.author}`, "data-id": message.id, "data-name": message.name ?? "" });
  const follows = before.classList.contains(message.author) && (before.dataset.name ?? "") === (message.name ?? "");
  if (follows) article.classList.add("follows");
  else if (message.author === "operator" && message.name) article.append(element("p", { class: "name" }, message.name));
  article.append(element("div", { class: "body" }, ...contents(message)));
  const buttons = buttonRows(message);
  if (buttons) article.append(buttons);
  shown.set(message.id, article);
  told.set(article, message);
  if (message.author === "customer") for (const old of log.querySelectorAll(".customer .meta:not(.bad)")) old.remove();
  if (message.author !== "customer") rest();
  add(article, own);
  if (message.author === "bot") progress(message.progress);
  firstSteps.hidden = true;
  settle();
  return article;
}

export function change(message) {
  const article = shown.get(message.id);
  if (!article) return;
  if (message.text !== undefined) {
    told.set(article, { ...told.get(article), ...message });
    article.querySelector(".body").replaceChildren(...contents(told.get(article)));
  }
  const focused = article.contains(document.activeElement);
  article.querySelector(".buttons")?.remove();
  const buttons = buttonRows(message);
  if (buttons) article.append(buttons);
  settle();
  if (focused) log.focus({ preventScroll: true });
}

export function remove(id) { shown.get(id)?.remove(); shown.delete(id); firstSteps.hidden = shown.size > 0; }

let state = "bot";

// Who answers at present decides about some buttons.
export function answers(by) {
  state = by;
  if (state !== "bot") rest();
  settle();
}

// What the customer has reacted to, and we have answered, cannot be pressed any more.
function settle() {
  let ours = false;
  let over = false;
  for (const article of [...shown.values()].sort(byPlace).reverse()) {
    if (article.matches(".customer")) { over ||= ours; continue; }
    offer(article, over);
    ours = true;
  }
}

function byPlace(one, other) { return one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1; }

function offer(article, over) {
  const box = article.querySelector(".buttons");
  if (!box) return;
  const focused = box.contains(document.activeElement);
  for (const button of box.querySelectorAll("button")) button.hidden = gone(button.dataset.action, over);
  for (const line of box.children) line.hidden = [...line.children].every((one) => one.hidden);
  box.hidden = [...box.children].every((line) => line.hidden);
  if (focused && (box.hidden || document.activeElement.hidden)) log.focus({ preventScroll: true });
}

function gone(action, over) {
  if (MARKS.test(action)) return false;
  if (WHILE_WAITING.test(action)) return over || state !== "waiting";
  if (WITHOUT_PEOPLE.test(action)) return over || state !== "bot";
  return over;
}

function progress(steps) {
  const box = document.querySelector(".progress");
  box.hidden = !steps;
  if (!steps) return;
  const [now, all] = steps;
  box.querySelector("progress").max = all;
  box.querySelector("progress").value = now;
  box.querySelector("span").textContent = say("chat.progress", { now, all });
}

const LONGEST_TYPING = 20000;
let dotsTimer = 0;

export function typing() {
  if (state !== "bot") return;
  rest();
  dots = element("div", { class: "bubble bot typing", role: "img", "aria-label": say("chat.typing") }, element("div", { class: "body" }, element("i"), element("i"), element("i")));
  const follow = atEnd(log);
  log.append(dots);
  if (follow) toEnd(log);
  dotsTimer = setTimeout(rest, LONGEST_TYPING);
}

const WRITES_FOR = 6000;

// Somebody who answers is writing: their channel says so every few seconds while they do.
export function writes(name) {
  if (state !== "person") return;
  rest();
  dots = element("div", { class: "bubble operator typing", role: "img", "aria-label": say("chat.writes", { name }) }, element("div", { class: "body" }, element("i"), element("i"), element("i")));
  const follow = atEnd(log);
  log.append(dots);
  if (follow) toEnd(log);
  dotsTimer = setTimeout(rest, WRITES_FOR);
}

function rest() { clearTimeout(dotsTimer); dots?.remove(); dots = null; }
