// The customer's page: what is typed goes out at once and says whether it arrived; answers come by a stream of events.

import { answers, change, has, isEmpty, isMark, remove, show, typing, writes } from "./bubbles.js";
import { atEnd, element, say, toEnd } from "./dom.js";
import { keep, kept } from "./drafts.js";
import { listen } from "./live.js";
import { outgoing, patience, Unsent } from "./outgoing.js";

const NOTICE_STAYS = 5000;
const ASKED_AGAIN = 3000;
const language = document.documentElement.lang;
const log = document.querySelector(".log");
const composer = document.querySelector(".composer");
const field = document.getElementById("text");
const problem = composer.querySelector(".problem");
const notice = composer.querySelector(".notice");
const others = "BroadcastChannel" in window ? new BroadcastChannel("supportbot-chat") : null;
let status = { state: "bot", name: "" };
let listening = false;

function id() { return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""); }

// --- who answers -------------------------------------------------------------------------------------------------------

const botIcon = document.querySelector(".face .icon").cloneNode(true);

function tellStatus(found) {
  status = found;
  document.querySelector(".status").textContent = say(`chat.status_${found.state}`, { name: found.name });
  const face = document.querySelector(".face");
  if (found.state === "person" && found.name) face.replaceChildren([...found.name][0].toUpperCase());
  else face.replaceChildren(botIcon.cloneNode(true));
  answers(found.state);
}

let asking = 0;
function askStatus() {
  clearTimeout(asking);
  asking = setTimeout(async () => {
    const answer = await fetch("/chat/status", { signal: patience() }).catch(() => null);
    const found = answer?.ok ? await answer.json().catch(() => null) : null;
    if (found) tellStatus(found);
  }, 150);
}

// --- what comes in -----------------------------------------------------------------------------------------------------

let beginning = 0;
async function begin() {
  clearTimeout(beginning);
  if (listening) return;
  const answer = await fetch("/chat/history", { signal: patience() }).catch(() => null);
  if (answer?.status === 404 || listening) return;
  const found = answer?.ok ? await answer.json().catch(() => null) : null;
  if (listening) return;
  if (!found) { beginning = setTimeout(begin, ASKED_AGAIN); return; }
  listening = true;
  const first = isEmpty();
  found.messages.forEach((message) => show(message));
  tellStatus(found.status);
  if (first) toEnd(log);
  listen("/chat/events", found.after, ["message", "edit", "delete", "typing", "notice"], (kind, event) => {
    if (kind === "message") { show(event); askStatus(); }
    else if (kind === "edit") change(event);
    else if (kind === "notice") tellBriefly(event.text);
    else if (kind === "delete") remove(event.id);
    else if (kind === "typing") writes(event.name);
    else if (kind === "lost") document.querySelector(".status").textContent = say("chat.offline");
    else if (kind === "open") { tellStatus(status); queue.now(); }
  });
}

function tellBriefly(text) {
  notice.textContent = text;
  notice.hidden = !text;
  clearTimeout(tellBriefly.timer);
  tellBriefly.timer = setTimeout(() => { notice.hidden = true; }, NOTICE_STAYS);
}

// Who chooses another language in the middle goes on in it: the conversation's own language changes first.
document.querySelector(".langs").addEventListener("click", async (event) => {
  const link = event.target.closest("a");
  if (!link || !log.querySelector("[data-id]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const body = { action: `lang:${link.hreflang}`, message: "", client_id: id(), label: link.textContent.trim() };
  try { await queue.press(`/chat/press?lang=${link.hreflang}`, body); } catch (error) { if (!(error instanceof Unsent)) throw error; }
  location.assign(link.href);
});

// --- what goes out -----------------------------------------------------------------------------------------------------

const queue = outgoing(`/chat/messages?lang=${language}`, (message, state, error) => {
  if (state === "refused") { takeBack(message, error); return; }
  const article = show({ ...message, author: "customer", entities: [] });
  let meta = article.querySelector(".meta");
  if (!meta) { meta = element("p", { class: "meta" }); article.append(meta); }
  const follow = atEnd(log);
  meta.className = state === "waiting" ? "meta bad" : "meta";
  if (state === "sending") meta.textContent = say("chat.sending");
  else if (state === "waiting") notYet(meta, error);
  else arrived(message, meta);
  if (follow && state === "waiting") toEnd(log);
});

function notYet(meta, error) {
  const now = element("button", { type: "button", class: "link" }, say("chat.again"));
  now.addEventListener("click", () => queue.now());
  meta.replaceChildren(`${error.sentence || say("chat.not_sent")} `, now);
}

function arrived(message, meta) {
  meta.textContent = say("chat.sent");
  if (meta.closest(".bubble") !== [...log.querySelectorAll(".bubble.customer")].at(-1)) meta.remove();
  others?.postMessage({ ...message, author: "customer", entities: [] });
  typing();
  begin();
}

// What cannot be sent as it is goes back to where it was typed.
function takeBack(message, error) {
  remove(message.id);
  field.value = [message.text, field.value].filter(Boolean).join("\n");
  keep("chat", field.value);
  complain(error.sentence || say("chat.not_taken"));
}

function complain(sentence) { problem.textContent = sentence; problem.hidden = !sentence; }

async function press(button) {
  if (button.getAttribute("aria-disabled") === "true") return;
  const box = button.closest(".buttons, .chips");
  const { action } = button.dataset;
  const all = [...box.querySelectorAll("button")];
  all.forEach((one) => one.setAttribute("aria-disabled", "true"));
  button.setAttribute("aria-pressed", "true");
  button.dataset.press ||= id();
  complain("");
  const label = button.textContent;
  const body = { action, message: button.closest("[data-id]")?.dataset.id ?? "", client_id: button.dataset.press };
  try {
    await queue.press(`/chat/press?lang=${language}`, isMark(action) ? body : { ...body, label });
  } catch (error) {
    if (!(error instanceof Unsent)) throw error;
    free(all);
    complain(error.sentence || say("chat.not_pressed"));
    return;
  }
  const said = { id: `press-${button.dataset.press}`, author: "customer", text: label, entities: [] };
  delete button.dataset.press;
  setTimeout(() => free(all), 4000);
  if (isMark(action)) return;
  show(said, true);
  others?.postMessage(said);
  typing();
  begin();
}

function free(buttons) {
  buttons.forEach((one) => { one.removeAttribute("aria-disabled"); one.removeAttribute("aria-pressed"); });
}

log.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (button) press(button);
});

const menu = document.querySelector(".menu");
addEventListener("click", (event) => { if (!menu.contains(event.target) || event.target.closest("[data-theme-switch]")) menu.open = false; });
addEventListener("keydown", (event) => { if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); } });

// --- typing ------------------------------------------------------------------------------------------------------------

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  keep("chat", null);
  complain("");
  const message = { id: id(), text };
  show({ ...message, author: "customer", entities: [] }, true);
  queue.add(message);
});
const LARGEST_FILE = 20 * 1024 * 1024;

// A file goes at once, beside what is written; what could not be sent can be chosen again.
document.getElementById("file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  complain("");
  if (file.size > LARGEST_FILE) { complain(say("chat.too_large")); return; }
  const message = { id: id(), author: "customer", text: file.name, entities: [] };
  const article = show(message, true);
  const meta = element("p", { class: "meta" }, say("chat.sending"));
  article.append(meta);
  const path = `/chat/uploads?lang=${language}&client_id=${message.id}&name=${encodeURIComponent(file.name)}`;
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file }).catch(() => null);
  if (answer?.ok) { meta.textContent = say("chat.sent"); begin(); return; }
  remove(message.id);
  complain((await answer?.json().catch(() => ({})))?.error || say("chat.not_taken"));
});
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});
field.addEventListener("input", () => keep("chat", field.value || null));
others?.addEventListener("message", (event) => { show(event.data); });
addEventListener("online", () => { begin(); queue.now(); });

const draft = kept("chat");
field.value = typeof draft === "string" ? draft : "";
if (document.body.dataset.known) await begin();
for (const message of queue.left()) {
  if (has(message.id)) queue.forget(message);
  else queue.add(message);
}
if (matchMedia("(pointer: fine)").matches) field.focus();
