// The operators' group: its topics, the conversation of the chosen one, and who writes in it.

import { act, chat, get, groups, listen, person, world } from "./api.js";
import { preview } from "./bubble.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { button, el, face, icon, iconButton, popup, shortTime, toast } from "./dom.js";

const COLOURS = { 7322096: "blue", 16766590: "yellow", 13338331: "violet", 9367192: "green", 16749490: "pink", 16478047: "red" };

export class Desk {
  constructor(groupId, writer) {
    this.id = groupId;
    this.writer = writer;
    this.thread = 0;
    this.unread = new Map();
    this.last = new Map();
    this.topics = el("ul", { class: "topics", "aria-label": "Topics" });
    this.name = el("h2");
    this.about = el("span", { class: "quiet" });
    this.room = el("div", { class: "room" });
    this.people = el("div", { class: "writers", role: "radiogroup", "aria-label": "Who writes" });
    const add = iconButton("plus", "Open a topic", () => this.open());
    this.title = el("h2");
    this.count = el("span", { class: "quiet" });
    const list = el("div", { class: "topic-list" },
      el("header", { class: "desk-head" }, el("div", { class: "grow" }, this.title, this.count), add), this.topics);
    const back = iconButton("back", "All topics", () => this.inner.classList.remove("reading"), { class: "back" });
    const more = iconButton("more", "What to do with this topic", (event) => this.more(event.currentTarget));
    this.pane = el("div", { class: "pane" },
      el("header", { class: "desk-head" }, back, el("div", { class: "grow" }, this.name, this.about), more), this.room, this.people);
    this.inner = el("div", { class: "desk-inner" }, list, this.pane);
    this.node = el("section", { class: "desk" }, this.inner);
    this.unlisten = listen((event) => this.hear(event));
    this.choose(0, false);
    this.fill();
  }

  get group() {
    return chat(this.id);
  }

  async fill() {
    const { messages } = await get(`chats/${this.id}/messages?limit=2000`);
    for (const message of messages) this.note(message);
    this.draw();
  }

  note(message) {
    this.last.set(message.message_thread_id || 0, message);
  }

  hear(event) {
    if (event.kind === "reset") {
      this.last.clear();
      this.unread.clear();
      this.choose(0, false);
    }
    if (event.kind === "state" || event.kind === "reset") this.follow();
    if (event.kind !== "message" || event.chat_id !== this.id) return;
    this.note(event.message);
    const thread = event.thread || 0;
    if (thread !== this.thread && event.message.from.id !== this.writer) this.unread.set(thread, (this.unread.get(thread) || 0) + 1);
    this.draw();
  }

  // The group may have become another one, and the topic may be gone.
  follow() {
    const moved = this.group?.migrated_to;
    if (moved) this.id = moved;
    const gone = this.thread && !this.group?.topics.some((topic) => topic.thread === this.thread);
    if (moved || gone) this.choose(0, false);
    this.draw();
  }

  choose(thread, reading = true) {
    this.thread = thread;
    this.unread.delete(thread);
    this.talk?.close();
    this.talk = new Conversation({
      chatId: this.id, thread, named: true, viewer: () => this.writer,
      onReply: (message) => this.composer.answer(message), onEdit: (message) => this.composer.edit(message),
      empty: () => el("p", { class: "quiet", text: thread ? "Nothing here yet." : "General. For each customer who needs a person a topic opens by itself; the list of topics has them all." }),
    });
    this.composer = new Composer({ writer: () => this.writer, place: () => ({ chat_id: this.id, thread }), label: "Message in this topic" });
    this.foot = el("div", { class: "foot" });
    this.room.replaceChildren(this.talk.node, this.foot);
    this.talk.load();
    if (reading) this.inner.classList.add("reading");
    this.draw();
  }

  draw() {
    const group = this.group;
    if (!group) return;
    this.title.textContent = group.title;
    this.count.textContent = `${Object.keys(group.members).length} members · ${group.topics.length} topics`;
    const general = { thread: 0, name: "General", icon: "#", closed: false };
    const newest = (topic) => this.last.get(topic.thread)?.date * 1e6 + this.last.get(topic.thread)?.message_id || topic.thread;
    const sorted = [...group.topics].sort((one, other) => newest(other) - newest(one));
    this.topics.replaceChildren(...[general, ...sorted].map((topic) => this.row(topic)));
    const topic = group.topics.find((one) => one.thread === this.thread) || general;
    this.name.textContent = topic.name;
    this.about.textContent = this.thread ? (topic.closed ? "closed" : `topic ${this.thread}`) : "everybody";
    this.drawWriters(group);
    this.drawFoot(group, topic);
  }

  row(topic) {
    const last = this.last.get(topic.thread);
    const unread = this.unread.get(topic.thread);
    const sign = topic.icon
      ? el("span", { class: "sign", text: topic.icon })
      : el("span", { class: `sign dot ${COLOURS[topic.icon_color] || "blue"}`, text: Array.from(topic.name)[0].toUpperCase() });
    const line = button("", () => this.choose(topic.thread), { class: "topic", "aria-current": topic.thread === this.thread ? "true" : null });
    line.append(sign, el("span", { class: "grow" },
      el("span", { class: "first" }, el("strong", { text: topic.name }), topic.closed && icon("lock"), last && el("time", { text: shortTime(last.date) })),
      el("span", { class: "second" }, el("span", { class: "quiet", text: last ? `${last.from.first_name}: ${preview(last)}` : "no messages" }),
        unread && el("span", { class: "badge", text: unread }))));
    return el("li", {}, line);
  }

  drawWriters(group) {
    const staff = Object.keys(group.members).map(Number).filter((id) => person(id) && !["left", "kicked"].includes(group.members[id]));
    if (!staff.includes(this.writer)) this.writer = staff[0];
    this.people.replaceChildren(el("span", { class: "quiet", text: "Write as" }), ...staff.map((id) => {
      const user = person(id);
      const node = button("", () => this.writeAs(id), { class: "writer", role: "radio", "aria-checked": String(id === this.writer) });
      node.append(face(id, user.first_name, true), el("span", { text: user.first_name }));
      return node;
    }));
  }

  writeAs(id) {
    this.writer = id;
    this.talk.draw();
    this.draw();
  }

  drawFoot(group, topic) {
    const member = group.members[this.writer];
    const shut = topic.closed && member === "member";
    const want = shut ? "shut" : "open";
    if (this.foot.dataset.mode === want) return;
    this.foot.dataset.mode = want;
    this.foot.replaceChildren(shut
      ? el("p", { class: "shut" }, icon("lock"), el("span", { text: "This topic is closed. Administrators may still write." }))
      : this.composer.node);
  }

  async open() {
    const made = await act(`chats/${this.id}/topics`, { user_id: this.writer, name: `Topic of ${person(this.writer).first_name}` });
    if (made) this.choose(made.thread);
  }

  more(anchor) {
    const topic = this.group.topics.find((one) => one.thread === this.thread);
    const change = (word) => act(`chats/${this.id}/topics/${this.thread}/${word}`, { user_id: this.writer });
    const rights = this.group.bot_rights;
    const may = rights.can_manage_topics;
    const bot = `chats/${this.id}/members/${world.bot.id}`;
    popup(anchor, [
      topic && (topic.closed ? { label: "Open the topic again", act: () => change("reopen") } : { label: "Close the topic", act: () => change("close") }),
      topic && { label: "Delete the topic", class: "bad", hint: "the bot is not told", act: () => change("delete") },
      { label: may ? "Take the bot's right to topics" : "Give the bot its right to topics", act: () => act(bot, { rights: { can_manage_topics: !may } }) },
      { label: ["left", "kicked"].includes(rights.status) ? "Bring the bot back" : "Put the bot out of the group", class: "bad",
        act: () => act(bot, { status: ["left", "kicked"].includes(rights.status) ? "administrator" : "kicked" }) },
      { label: "Upgrade the group", hint: "it gets another id", act: async () => (await act(`chats/${this.id}/upgrade`)) && toast("The group has another id now.") },
    ]);
  }

  close() {
    this.unlisten();
    this.talk.close();
    this.node.remove();
  }
}

export const firstGroup = () => groups()[0]?.id;
