// The customer's page: what is typed goes out at once and says whether it arrived; answers come by a stream of events.

import { atEnd, element, say, toEnd } from "./dom.js";
import { keep, kept } from "./drafts.js";
import { listen } from "./live.js";
import { rich, safeLink } from "./richtext.js";

const LONGEST_TYPING = 20000;
const language = document.documentElement.lang;
const log = document.querySelector(".log");
const composer = document.querySelector(".composer");
const field = document.getElementById("text");
const problem = composer.querySelector(".problem");
const below = document.querySelector(".below");
const firstSteps = document.querySelector(".first-steps");
const shown = new Map();
const others = "BroadcastChannel" in window ? new BroadcastChannel("supportbot-chat") : null;
let status = { state: "bot", name: "" };
let listening = false;
let dots = null;
let dotsTimer = 0;

function id() { return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""); }

// --- showing ---------------------------------------------------------------------------------------------------------

let placed = 0;

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

function contents(message) {
  const parts = [];
  if (message.kind === "document" && message.details?.url) {
    parts.push(element("p", {}, element("a", { href: message.details.url, download: message.details.name }, `${say("chat.download")}: ${message.details.name}`)));
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

function buttonRows(message, article) {
  const rows = (message.buttons ?? []).filter((row) => row.length);
  if (!rows.length) return null;
  const box = element("div", { class: "buttons" });
  for (const row of rows) {
    const line = element("div", { class: "line" });
    for (const [label, action, url] of row) {
      if (url) { if (safeLink(url)) line.append(element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label)); continue; }
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", () => press(button, action, article.dataset.id));
      line.append(button);
    }
    box.append(line);
  }
  return box;
}

function show(message, own = false) {
  if (shown.has(message.id)) return shown.get(message.id);
  const before = log.querySelector(".bubble:last-of-type");
  const article = element("article", { class: `bubble ${message.author}`, "data-id": message.id });
  const follows = before && before.classList.contains(message.author) && (before.dataset.name ?? "") === (message.name ?? "");
  article.dataset.name = message.name ?? "";
  if (follows) article.classList.add("follows");
  else if (message.author === "operator" && message.name) article.append(element("p", { class: "name" }, message.name));
  article.append(element("div", { class: "body" }, ...contents(message)));
  const buttons = buttonRows(message, article);
  if (buttons) article.append(buttons);
  shown.set(message.id, article);
  if (message.author !== "customer") rest();
  add(article, own);
  if (message.author !== "customer") progress(message.progress);
  firstSteps.hidden = shown.size > 0;
  return article;
}

function change(message) {
  const article = shown.get(message.id);
  if (!article) return;
  if (message.text !== undefined) article.querySelector(".body").replaceChildren(...contents({ kind: "text", ...message }));
  article.querySelector(".buttons")?.remove();
  const buttons = buttonRows(message, article);
  if (buttons) article.append(buttons);
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

function typing() {
  if (status.state !== "bot") return;
  rest();
  dots = element("div", { class: "bubble bot typing", role: "img", "aria-label": say("chat.typing") }, element("div", { class: "body" }, element("i"), element("i"), element("i")));
  const follow = atEnd(log);
  log.append(dots);
  if (follow) toEnd(log);
  dotsTimer = setTimeout(rest, LONGEST_TYPING);
}

function rest() { clearTimeout(dotsTimer); dots?.remove(); dots = null; }

function tellStatus(found) {
  status = found;
  document.querySelector(".status").textContent = say(`chat.status_${found.state}`, { name: found.name });
  const face = document.querySelector(".face");
  face.dataset.icon ||= "kept";
  if (found.state === "person" && found.name) face.replaceChildren([...found.name][0].toUpperCase());
  else if (tellStatus.icon) face.replaceChildren(tellStatus.icon.cloneNode(true));
}
tellStatus.icon = document.querySelector(".face .icon").cloneNode(true);

// --- the server --------------------------------------------------------------------------------------------------------

async function post(path, body) {
  const answer = await fetch(`${path}?lang=${language}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw Object.assign(new Error(), { refusal: (await answer.json().catch(() => ({}))).error });
  if (!listening) await begin();
}

let asking = 0;
function askStatus() {
  clearTimeout(asking);
  asking = setTimeout(async () => {
    const answer = await fetch("/chat/status").catch(() => null);
    if (answer?.ok) tellStatus(await answer.json());
  }, 150);
}

async function begin() {
  const answer = await fetch("/chat/history").catch(() => null);
  if (!answer?.ok || listening) return;
  const found = await answer.json();
  listening = true;
  const first = !shown.size;
  found.messages.forEach((message) => show(message));
  tellStatus(found.status);
  if (first) toEnd(log);
  listen("/chat/events", found.after, ["message", "edit", "typing"], (kind, event) => {
    if (kind === "message") { show(event); askStatus(); }
    else if (kind === "edit") change(event);
    else if (kind === "typing") typing();
    else if (kind === "lost") document.querySelector(".status").textContent = say("chat.offline");
    else if (kind === "open") tellStatus(status);
  });
}

async function deliver(message, article) {
  let meta = article.querySelector(".meta");
  if (!meta) { meta = element("p", { class: "meta" }); article.append(meta); }
  meta.className = "meta";
  meta.textContent = say("chat.sending");
  try {
    await post("/chat/messages", { text: message.text, client_id: message.id });
    meta.textContent = say("chat.sent");
    for (const old of log.querySelectorAll(".customer .meta:not(.bad)")) if (old !== meta) old.remove();
    others?.postMessage(message);
    typing();
  } catch (error) {
    meta.className = "meta bad";
    const again = element("button", { type: "button", class: "link" }, say("chat.again"));
    again.addEventListener("click", () => deliver(message, article));
    meta.replaceChildren(`${error.refusal || say("chat.not_sent")} `, again);
  }
}

async function press(button, action, message) {
  const box = button.closest(".buttons, .chips");
  if (button.getAttribute("aria-disabled") === "true") return;
  const all = [...box.querySelectorAll("button")];
  all.forEach((one) => one.setAttribute("aria-disabled", "true"));
  button.setAttribute("aria-pressed", "true");
  problem.hidden = true;
  try {
    await post("/chat/press", { action, message: message ?? "", client_id: id() });
    typing();
    setTimeout(() => free(all), 4000);
  } catch (error) {
    free(all);
    problem.textContent = error.refusal || say("chat.not_sent");
    problem.hidden = false;
  }
}

function free(buttons) {
  buttons.forEach((one) => { one.removeAttribute("aria-disabled"); one.removeAttribute("aria-pressed"); });
}

// --- typing --------------------------------------------------------------------------------------------------------------

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  keep("chat", null);
  problem.hidden = true;
  const message = { id: id(), author: "customer", text, entities: [] };
  deliver(message, show(message, true));
});
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});
field.addEventListener("input", () => keep("chat", field.value || null));
firstSteps.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  if (button) press(button, button.dataset.action, "");
});
others?.addEventListener("message", (event) => { show(event.data); });

field.value = kept("chat") ?? "";
if (document.body.dataset.known) begin();
if (matchMedia("(pointer: fine)").matches) field.focus();
