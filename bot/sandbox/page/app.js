// Starts the page: the rail of people, the phones side by side, the operators' group, the tools.
// /?as=ID shows one person's phone and nothing else beside the group.

import { chat, connect, listen, person, world } from "./api.js";
import { Desk, firstGroup } from "./desk.js";
import { button, el, face, icon, iconButton, toast } from "./dom.js";
import { Panel } from "./panel.js";
import { Phone } from "./phone.js";

const stage = document.getElementById("stage");
const shelf = el("div", { class: "shelf" }); // the phones; it scrolls, and the group stays beside it
const rail = document.getElementById("rail");
const panelNode = document.getElementById("panel");
const phones = new Map();
const unread = new Map();
const remembered = "sandbox-phones";
let desk = null;
let shown = "desk"; // which one a narrow screen shows: "desk", "panel" or a person's id

const narrow = matchMedia("(max-width: 760px)");

function show(what) {
  shown = what;
  if (typeof what === "number") unread.delete(what);
  document.body.dataset.shown = typeof what === "number" ? "phone" : what;
  for (const [id, phone] of phones) phone.node.classList.toggle("shown", id === what);
  desk?.node.classList.toggle("shown", what === "desk");
  drawRail();
}

function open(id, reveal = true) {
  if (!person(id) || !chat(id)) {
    setTimeout(() => open(id, reveal), 60);
    return;
  }
  if (!phones.has(id)) {
    const phone = new Phone(id, putAway);
    phones.set(id, phone);
    shelf.append(phone.node);
    remember();
  }
  if (reveal) {
    show(id);
    phones.get(id).node.scrollIntoView({ inline: "nearest", block: "nearest" });
  }
}

function putAway(id) {
  phones.get(id)?.close();
  phones.delete(id);
  remember();
  show("desk");
}

function remember() {
  localStorage.setItem(remembered, JSON.stringify([...phones.keys()]));
}

function drawRail() {
  const people = world.people.map((user) => {
    const node = button("", () => (phones.has(user.id) && shown === user.id && !narrow.matches ? putAway(user.id) : open(user.id)), {
      class: "rail-item", "aria-pressed": String(phones.has(user.id)), "aria-current": shown === user.id ? "true" : null,
      title: `${user.first_name} · ${user.role}`,
    });
    node.append(face(user.id, user.first_name), el("span", { class: "rail-name", text: user.first_name }));
    if (unread.get(user.id)) node.append(el("span", { class: "badge", text: unread.get(user.id) }));
    return node;
  });
  const group = button("", () => show("desk"), { class: "rail-item", "aria-current": shown === "desk" ? "true" : null, title: "The operators' group" });
  group.append(el("span", { class: "face group-face" }, icon("group")), el("span", { class: "rail-name", text: "Group" }));
  const tools = iconButton("tools", "Tools: people, faults, calls", toggleTools, { class: "rail-tool", "aria-pressed": String(toolsOpen()) });
  tools.append(el("span", { text: "Tools" }));
  const theme = iconButton("sun", "Light or dark", switchTheme, { class: "rail-tool" });
  theme.append(el("span", { text: "Theme" }));
  const before = rail.querySelector(".rail-people");
  const kept = before ? [before.scrollLeft, before.scrollTop] : [0, 0];
  const row = el("div", { class: "rail-people" }, ...people);
  rail.replaceChildren(el("span", { class: "brand", title: "Sandbox" }, el("img", { src: "/page/icon.svg", alt: "Sandbox" })), group,
    row, theme, tools);
  [row.scrollLeft, row.scrollTop] = kept; // drawn anew, the row stays where it was
  row.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

const toolsOpen = () => (narrow.matches ? shown === "panel" : !document.body.classList.contains("no-panel"));

function toggleTools() {
  if (narrow.matches) show(shown === "panel" ? "desk" : "panel");
  else {
    document.body.classList.toggle("no-panel");
    drawRail();
  }
}

function switchTheme() {
  const dark = getComputedStyle(document.documentElement).colorScheme.trim() === "dark"
    || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  setTheme(dark ? "light" : "dark");
  localStorage.setItem("sandbox-theme", dark ? "light" : "dark");
}

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}

function hear(event) {
  if (event.kind === "state") drawRail();
  if (event.kind === "reset") {
    for (const id of phones.keys()) if (!person(id)) putAway(id);
  }
  if (event.kind !== "message" || event.chat_id < 0) return;
  const visible = phones.has(event.chat_id) && (!narrow.matches || shown === event.chat_id);
  if (!visible && event.message.from.is_bot) {
    unread.set(event.chat_id, (unread.get(event.chat_id) || 0) + 1);
    drawRail();
  }
}

function firstPhones() {
  const wanted = Number(new URLSearchParams(location.search).get("as"));
  if (person(wanted)) return [wanted];
  const kept = JSON.parse(localStorage.getItem(remembered) || "null")?.filter((id) => person(id));
  return kept?.length ? kept : world.people.filter((user) => user.role === "customer").slice(0, innerWidth > 1700 ? 3 : 2).map((user) => user.id);
}

let online = true;
function status(now) {
  if (now !== online) toast(now ? "The sandbox is back." : "The sandbox does not answer. Is it running?", now ? "" : "bad");
  online = now;
  document.body.classList.toggle("offline", !now);
}

setTheme(localStorage.getItem("sandbox-theme"));
stage.append(shelf);
await connect(status);
listen(hear);
const operator = world.people.find((user) => user.role === "operator");
if (firstGroup()) {
  desk = new Desk(firstGroup(), operator?.id);
  stage.append(desk.node);
}
new Panel(panelNode, open);
if (innerWidth < 1360) document.body.classList.add("no-panel");
const first = firstPhones();
for (const id of first) open(id, false);
show(first[0] ?? "desk");
document.body.classList.add("ready");
