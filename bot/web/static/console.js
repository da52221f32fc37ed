// The console's pages: live list and conversation, the composer, actions without a reload.

import { asKnown } from "./attached.js";
import { atEnd, page, Refused, renew, say, span, toEnd } from "./dom.js";
import { keep, kept } from "./drafts.js";
import { keys } from "./keys.js";
import { listen } from "./live.js";

const body = document.body;
const view = body.dataset.view;
const opened = body.dataset.open;
const list = document.querySelector('[data-region="list"]');
const log = document.querySelector('[data-region="log"]');
const composer = document.querySelector(".composer");
const banner = document.querySelector(".banner");
const below = document.querySelector(".below");
const csrf = document.querySelector('meta[name="csrf"]').content;

// --- times -------------------------------------------------------------------------------------------------------

function tick() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const text = span((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== text) time.textContent = text;
  }
  for (const time of document.querySelectorAll("time[data-due]")) {
    const left = (Date.parse(time.dataset.due) - Date.now()) / 1000;
    const state = left <= 0 ? "late" : Date.parse(time.dataset.soon) <= Date.now() ? "soon" : "calm";
    const text = say(left <= 0 ? "web.late_by" : "web.due_in", { span: span(Math.abs(left)) });
    const words = time.querySelector("span");
    if (time.dataset.state !== state) time.dataset.state = state;
    if (words.textContent !== text) words.textContent = text;
  }
}
setInterval(tick, 1000);

// --- what changed is fetched again ---------------------------------------------------------------------------------

function later(work, wait) {
  let timer = 0;
  let running = false;
  let again = false;
  const run = async () => {
    timer = 0;
    if (running) { again = true; return; }
    running = true;
    try { await work(); } catch (error) { trouble(error); }
    running = false;
    if (again) { again = false; run(); }
  };
  return () => { timer ||= setTimeout(run, wait); };
}

const renewList = later(async () => {
  const fetched = await page(`/console/fragments/list?from=${view}&open=${opened}`);
  renew("list-head", fetched);
  renew("list", fetched);
  renew("places", fetched);
  tick();
}, 120);

const renewConversation = later(async () => {
  if (!opened) return;
  const back = Boolean(body.dataset.readingBack);  // the lines that somebody reads stay, what stands around them is true
  const follow = atEnd(log);
  const before = new Set([...log.children].map((child) => child.dataset.key));
  const fetched = await page(`/console/conversations/${opened}/fragment?from=${view}`);
  asKnown(fetched);
  for (const name of ["head", "log", "panel", "proposals"]) if (name !== "log" || !back) renew(name, fetched);
  mayAnswer();
  tick();
  if (back) return;
  const fresh = [...log.children].filter((child) => child.matches(".bubble") && !before.has(child.dataset.key)).length;
  if (follow) toEnd(log);
  else if (fresh) announce(fresh);
  watchSending();
}, 60);

// A delivery that succeeds is no event of its own: what is on its way is asked for again, ever more seldom.
function watchSending() {
  clearTimeout(watchSending.timer);
  watchSending.wait = log?.querySelector(".sending") ? Math.min((watchSending.wait || 250) * 2, 15000) : 0;
  if (watchSending.wait) watchSending.timer = setTimeout(renewConversation, watchSending.wait);
}
watchSending();

function announce(count) {
  const total = Number(below.dataset.count || 0) + count;
  below.dataset.count = total;
  below.querySelector("span").textContent = say("web.new_below", { count: total });
  below.hidden = false;
}

below?.addEventListener("click", () => toEnd(log));
log?.addEventListener("scroll", () => {
  if (!atEnd(log)) return;
  below.hidden = true;
  below.dataset.count = 0;
});

listen("/console/events", Number(body.dataset.after), ["ticket", "message", "note", "delivery", "order", "faq", "csat", "signed-out"], (kind, event) => {
  if (kind === "signed-out") { signedOut(); return; }
  if (kind === "lost") { lost(); return; }
  if (kind === "open") { if (banner.dataset.why === "lost") { banner.hidden = true; renewList(); renewConversation(); } return; }
  if (kind === "faq") return;
  if (kind !== "delivery") renewList();
  if (String(event.conversation) === opened) renewConversation();
});

async function lost() {
  setTimeout(async () => {
    const answer = await fetch("/console/fragments/list", { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.status === 401) signedOut();
    else if (!answer) show("lost", say("web.offline"));
  }, 1500);
}

function show(why, sentence, link) {
  banner.dataset.why = why;
  banner.replaceChildren(sentence + " ");
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = location.href;
    anchor.textContent = link;
    banner.append(anchor);
  }
  banner.hidden = false;
}

function signedOut() { show("out", say("web.signed_out_draft"), say("web.sign_in_again")); }

function trouble(error) {
  if (error instanceof Refused && error.status === 401) signedOut();
  else if (error instanceof Refused && error.status === 0) show("lost", say("web.offline"));
  else if (!(error instanceof Refused)) throw error;
}

// --- doing something -----------------------------------------------------------------------------------------------

function send(form, button) { return post(form.action, new URLSearchParams(new FormData(form, button))); }

async function post(address, fields) {
  let answer;
  try {
    answer = await fetch(address, { method: "POST", body: fields, headers: { Accept: "application/json", "X-CSRF-Token": csrf } });
  } catch { throw new Refused(0, say("web.offline")); }
  const said = await answer.json().catch(() => ({}));
  if (said.fill) fill(said.fill);
  if (said.confirm) {
    if (!window.confirm(said.refusal)) throw new Refused(answer.status, "");
    const sure = new URLSearchParams(fields);
    sure.set("confirmed", said.confirm);
    return post(address, sure);
  }
  if (!answer.ok) throw new Refused(answer.status, said.refusal || said.error || say("web.not_saved"));
  return said;
}

function toast(sentence) {
  const box = document.querySelector(".toast");
  box.textContent = sentence;
  box.hidden = !sentence;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { box.hidden = true; }, 4000);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-act]")) return;
  event.preventDefault();
  const button = event.submitter;
  const sending = send(form, button);
  if (button) button.disabled = true;  // only now: what a disabled button says is not sent
  try {
    const said = await sending;
    picker?.close();
    const menu = form.closest("details.menu");
    if (menu) menu.open = false;
    toast(said.text);
    renewList();
    renewConversation();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status === 401) signedOut();
    else { toast(error.message); renewConversation(); }
  } finally { if (button) button.disabled = false; }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  if (event.target.closest("[data-panel]")) body.toggleAttribute("data-panel-open");
});

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.retract[open], details.was[open]")) event.target.scrollIntoView({ block: "nearest" });
}, true);

// --- the composer --------------------------------------------------------------------------------------------------

const field = composer?.elements.text;
const note = composer?.elements.note;
const refusal = composer?.querySelector(".refusal");

function mayAnswer() {
  const head = document.querySelector('[data-region="head"]');
  const allowed = Boolean(head.dataset.mayAnswer);
  composer.elements.ownership.value = head.dataset.ownership;
  Object.assign(composer.querySelector(".why-not"), { hidden: allowed, textContent: head.dataset.whyNot });
  if (!allowed && !note.checked) note.dataset.only = "";
  if (!allowed) note.checked = true;
  else if ("only" in note.dataset) { delete note.dataset.only; note.checked = false; }
  mode();
}

function mode() {
  field.placeholder = say(note.checked ? "web.placeholder_note" : "web.placeholder_answer");
  composer.querySelector(".send span").textContent = say(note.checked ? "web.save_note" : "web.send");
}

function refuse(sentence) {
  refusal.querySelector("span").textContent = sentence;
  refusal.hidden = !sentence;
}

const TYPING_AGAIN = 3500;

// The customer sees that somebody writes; a note is nobody's business.
function writing() {
  if (note.checked || !field.value.trim() || field.value.startsWith("//") || Date.now() - (writing.at || 0) < TYPING_AGAIN) return;
  writing.at = Date.now();
  const body = new URLSearchParams({ csrf });
  fetch(`/console/conversations/${opened}/typing`, { method: "POST", body, headers: { Accept: "application/json", "X-CSRF-Token": csrf } }).catch(() => {});
}

if (composer) {
  const draft = `conversation:${opened}`;
  const old = kept(draft);
  if (old && !field.value) { field.value = old.text; if (old.note) note.checked = true; }
  mode();
  // What was sent and is not yet stored, in its order: it leaves the field at once, so that what is typed meanwhile, and
  // whether that is a note, belongs to the next message alone. What is refused comes back in front of it.
  const leaving = [];
  let busy = false;
  const typed = () => [...leaving.map((one) => one.text), field.value].filter(Boolean).join("\n");
  const asNote = () => note.checked || leaving.some((one) => one.note);
  const remember = () => keep(draft, typed() ? { text: typed(), note: asNote() } : null);
  const comeBack = () => {
    note.checked = asNote();
    field.value = typed();
    leaving.length = 0;
    mode();
    remember();
  };
  const sendAll = async () => {
    if (busy) return;
    busy = true;
    try {
      while (leaving.length) {
        await post(composer.action, leaving[0].fields);
        leaving.shift();
        remember();
        refuse("");
        if (body.dataset.readingBack && !leaving.length) { location.assign(location.pathname + `?from=${view}`); return; }
        renewConversation();
        renewList();
        toEnd(log);
      }
    } catch (error) {
      comeBack();
      if (!(error instanceof Refused)) throw error;
      if (error.status === 401) signedOut();
      else { refuse(error.message); renewConversation(); }
    } finally { busy = false; }
  };
  field.addEventListener("input", () => { remember(); refuse(""); writing(); });
  note.addEventListener("change", () => {
    const head = document.querySelector('[data-region="head"]');
    if (!head.dataset.mayAnswer) note.checked = true;
    mode();
    remember();
    field.focus();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    leaving.push({ text: field.value, note: note.checked, fields: new URLSearchParams(new FormData(composer)) });
    field.value = "";
    if (!("only" in note.dataset)) note.checked = false;
    mode();
    remember();
    sendAll();
  });
}

// --- the answer library: what stands ready goes out as it is, or into the composer first ---------------------------

const picker = document.querySelector(".picker");
const words = picker?.querySelector("input");

// Puts a text into the composer, behind what somebody has begun to write.
function fill(text) {
  if (picker?.open) {
    picker.addEventListener("close", () => field.focus(), { once: true });  // it gives the focus back to where it was
    picker.close();
  }
  const begun = field.value.trim();
  field.value = begun ? `${field.value.trimEnd()}\n${text}` : text;
  if (!begun && !("only" in note.dataset)) { note.checked = false; mode(); }  // a note that was begun stays one
  field.dispatchEvent(new Event("input"));
  field.focus();
}

const find = later(async () => {
  const fetched = await page(`/console/conversations/${opened}/library?from=${view}&q=${encodeURIComponent(words.value)}`);
  renew("found", fetched);
}, 120);

function pick() {
  if (!picker) return;
  words.value = "";
  picker.showModal();
  find();
}

// The second "/" of a note: the first one opened the search.
function noted() {
  picker.addEventListener("close", () => field.focus(), { once: true });
  picker.close();
  note.checked = true;
  mode();
}

document.querySelector("[data-picker]")?.addEventListener("click", pick);
words?.addEventListener("input", () => { if (words.value === "/") noted(); else find(); });
picker?.addEventListener("click", (event) => { if (event.target === picker || event.target.closest("[data-close]")) picker.close(); });
picker?.addEventListener("keydown", (event) => {
  const all = [...picker.querySelectorAll(".chip-button")];
  const now = all.indexOf(document.activeElement);
  if (event.key === "Enter" && event.target === words) { event.preventDefault(); all[0]?.form.querySelector(".pen").click(); }
  if (event.key === "ArrowDown" && all.length) { event.preventDefault(); all[Math.min(now + 1, all.length - 1)].focus(); }
  if (event.key === "ArrowUp" && now >= 0) { event.preventDefault(); (all[now - 1] ?? words).focus(); }
});
field?.addEventListener("input", () => { if (field.value === "/") { field.value = ""; pick(); } });

// --- keys, and the first look ----------------------------------------------------------------------------------------

function move(step) {
  const items = [...list.querySelectorAll(".item")];
  const now = items.indexOf(document.activeElement.closest?.(".item") ?? list.querySelector("[aria-current]"));
  items[Math.min(Math.max(now + step, 0), items.length - 1)]?.focus();
}

keys({
  j: () => move(1),
  k: () => move(-1),
  r: () => { if (composer) { if (!("only" in note.dataset)) note.checked = false; mode(); field.focus(); } },
  n: () => { if (composer) { note.checked = true; mode(); field.focus(); } },
  "/": pick,
});

list.addEventListener("scroll", () => sessionStorage.setItem(`list:${view}`, list.scrollTop));
list.scrollTop = Number(sessionStorage.getItem(`list:${view}`) || 0);
list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
if (log) {
  if (body.dataset.readingBack) log.scrollTop = 0; else toEnd(log);
}
tick();
