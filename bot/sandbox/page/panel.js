// The tools beside the phones: new customers, faults to throw, and the log of the bot's calls.

import { act, get, listen, world } from "./api.js";
import { button, el, exactTime, iconButton, shortTime, toast } from "./dom.js";

const NAMES = { de: ["Jonas", "Lena", "Paul", "Marie"], en: ["Grace", "Henry", "Amy", "Oliver"], ru: ["Иван", "Дарья", "Олег", "Нина"] };
const FAULTS = [
  ["Too fast: 429, wait 5 s", { method: "send*", action: "error", status: 429, retry_after: 5, times: 3 }, "the next 3 messages"],
  ["Server error 502", { method: "*", action: "error", status: 502, times: 3 }, "the next 3 calls"],
  ["Answer that is no JSON", { method: "*", action: "raw", status: 502, description: "<html><h1>502 Bad Gateway</h1></html>", times: 1 }, "the next call"],
  ["Line cut before the message went", { method: "send*", action: "cut", times: 1 }, "the next message"],
  ["Line cut after the message went", { method: "send*", action: "cut_after", times: 1 }, "the next message; the bot cannot know"],
  ["Slow: 5 s a call", { method: "*", action: "delay", delay: 5, times: 5 }, "the next 5 calls"],
  ["Topic not found", { method: "*", action: "error", status: 400, description: "Bad Request: message thread not found", times: 1 }, "the next call"],
  ["Polling fails: 409", { method: "getUpdates", action: "error", status: 409, times: 2 }, "the next 2 polls"],
  ["One message in five is lost", { method: "send*", action: "cut", probability: 0.2, seed: 1 }, "until cleared"],
];
const TABS = [["People", "people"], ["Faults", "faults"], ["Calls", "calls"]];

export class Panel {
  constructor(node, open) {
    this.open = open;
    this.tab = "people";
    this.calls = [];
    this.filter = "";
    this.tabs = el("div", { class: "tabs", role: "tablist" });
    this.body = el("div", { class: "panel-body", role: "tabpanel", tabindex: 0 });
    node.replaceChildren(this.tabs, this.body);
    listen((event) => this.hear(event));
    this.draw();
    get("calls").then(({ calls }) => {
      this.calls = calls.slice(-300);
      if (this.tab === "calls") this.draw();
    });
  }

  hear(event) {
    if (event.kind === "call") {
      this.calls.push(event.call);
      if (this.calls.length > 300) this.calls.shift();
      if (this.tab === "calls" && this.shows(event.call)) this.log?.prepend(callRow(event.call));
      if (event.call.fault && this.tab === "faults") this.draw();
      if (this.log?.childElementCount > 300) this.log.lastChild.remove();
    } else if (["state", "reset"].includes(event.kind) && this.tab !== "calls") this.draw();
  }

  draw() {
    this.tabs.replaceChildren(...TABS.map(([label, name]) => {
      const node = button(label, () => ((this.tab = name), this.draw()), { role: "tab", "aria-selected": String(this.tab === name) });
      if (name === "faults" && active().length) node.append(el("span", { class: "badge bad", text: active().length }));
      return node;
    }));
    const drawings = { people: () => this.drawPeople(), faults: () => this.drawFaults(), calls: () => this.drawCalls() };
    this.body.replaceChildren(...drawings[this.tab]());
  }

  drawPeople() {
    const add = (language) => button(`+ ${{ de: "Deutsch", en: "English", ru: "Русский" }[language]}`, async () => {
      const names = NAMES[language];
      const used = world.people.map((user) => user.first_name);
      const name = names.find((one) => !used.includes(one)) || `${names[0]} ${world.people.length}`;
      const user = await act("users", { first_name: name, language_code: language });
      if (user) this.open(user.id);
    });
    const custom = el("form", { class: "stack", onsubmit: (event) => this.addCustom(event) },
      field("Name", "first_name", { required: true, placeholder: "Lena Maier", maxlength: 64 }),
      field("Language code", "language_code", { value: "en", maxlength: 8 }),
      select("Role", "role", [["customer", "customer"], ["operator", "operator, joins the group"], ["admin", "admin, joins the group"]]),
      el("button", { class: "primary", text: "Add" }));
    return [
      el("h3", { text: "New customer" }), el("div", { class: "row" }, add("de"), add("en"), add("ru")),
      el("h3", { text: "Somebody else" }), custom,
      el("h3", { text: "Your bot" }),
      el("dl", { class: "facts" }, ...facts()),
      el("h3", { text: "Begin anew" }),
      el("p", { class: "quiet", text: "Chats, topics and people go; ids go on." }),
      button("Reset the sandbox", () => confirm("Delete all chats and topics of this sandbox?") && act("reset"), { class: "bad" }),
    ];
  }

  async addCustom(event) {
    event.preventDefault();
    const order = Object.fromEntries(new FormData(event.target));
    const user = await act("users", order);
    if (user) this.open(user.id);
  }

  drawFaults() {
    const rules = active();
    const limits = el("label", { class: "switch" }, el("input", { type: "checkbox", checked: world.limits,
      onchange: (event) => act("limits", { on: event.target.checked }) }),
    el("span", {}, el("strong", { text: "Telegram's limits" }), el("span", { class: "quiet", text: "1 a second per chat, 20 a minute per group, 30 a second in all" })));
    return [
      limits,
      el("h3", { text: rules.length ? "In force" : "No fault is in force" }),
      ...rules.map((rule) => el("div", { class: "rule" }, el("div", { class: "grow" },
        el("strong", { text: `${rule.action} ${rule.action === "error" ? rule.status : ""} · ${rule.method}` }),
        el("span", { class: "quiet", text: `struck ${rule.struck}${rule.times ? ` of ${rule.times}` : " times"}` })),
      iconButton("close", "End this fault", () => act(`faults?id=${rule.id}`, {}, "DELETE")))),
      rules.length > 0 && button("End all", () => act("faults", {}, "DELETE")),
      el("h3", { text: "Throw" }),
      ...FAULTS.map(([label, rule, about]) => {
        const node = button(label, async () => (await act("faults", rule)) && toast(`${label}: ${about}`), { class: "throw" });
        node.append(el("span", { class: "quiet", text: about }));
        return node;
      }),
    ].filter(Boolean);
  }

  shows(call) {
    return call.method.toLowerCase().includes(this.filter);
  }

  drawCalls() {
    const search = el("input", { type: "search", placeholder: "Method", "aria-label": "Show only methods with", value: this.filter });
    this.log = el("ol", { class: "calls" });
    const fill = () => this.log.replaceChildren(...this.calls.filter((call) => this.shows(call)).reverse().map(callRow));
    search.addEventListener("input", () => {
      this.filter = search.value.toLowerCase();
      fill();
    });
    fill();
    const about = el("p", { class: "quiet", text: "The bot's requests, newest first. getUpdates without updates is left out." });
    return [search, about, this.log];
  }
}

const active = () => world.faults.filter((rule) => !rule.times || rule.struck < rule.times);

function facts() {
  const pairs = [["api_base", location.origin], ["token", world.bot.token], ["updates waiting", world.waiting], ["webhook", world.webhook || "none: it polls"]];
  return pairs.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: value })]);
}

function field(label, name, options) {
  return el("label", {}, el("span", { class: "quiet", text: label }), el("input", { name, autocomplete: "off", ...options }));
}

function select(label, name, options) {
  return el("label", {}, el("span", { class: "quiet", text: label }),
    el("select", { name }, ...options.map(([value, text]) => el("option", { value, text }))));
}

function callRow(call) {
  const good = call.status >= 200 && call.status < 300;
  const status = call.status || "cut";
  const summary = el("summary", {}, el("span", { class: `status ${good ? "good" : "bad"}`, text: status }),
    el("strong", { text: call.method }), call.fault && el("span", { class: "tag", text: "fault" }),
    el("time", { text: shortTime(call.at), title: exactTime(call.at) }));
  const brief = call.params.text || call.params.name || call.params.chat_id || "";
  const details = el("details", {}, summary, el("pre", { text: JSON.stringify(call.params, null, 1) }),
    el("pre", { class: good ? "" : "bad", text: call.error || JSON.stringify(call.result, null, 1) }));
  if (brief) summary.append(el("span", { class: "brief quiet", text: String(brief).slice(0, 80) }));
  return el("li", {}, details);
}
