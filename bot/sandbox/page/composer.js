// Where a person writes: growing field, commands, attachments, the keyboard that the bot has set.

import { act, world } from "./api.js";
import { preview } from "./bubble.js";
import { button, el, icon, iconButton, popup, toast } from "./dom.js";

const KINDS = [
  ["Photo", { kind: "photo" }], ["Album of three", { album: ["photo", "photo", "photo"] }], ["Document", { kind: "document" }],
  ["Voice message", { kind: "voice" }], ["Video", { kind: "video" }], ["Video message", { kind: "video_note" }],
  ["Sticker", { kind: "sticker" }], ["Location", { kind: "location" }], ["Own contact", { kind: "contact" }],
];
const LARGEST = 40 * 1024 * 1024;

export class Composer {
  // options: { writer: () => user id, place: () => { chat_id, thread }, keyboard: () => markup or null, label }
  constructor(options) {
    Object.assign(this, options);
    this.reply = null;
    this.editing = null;
    this.field = el("textarea", { rows: 1, placeholder: "Message", "aria-label": this.label, dir: "auto" });
    this.field.addEventListener("input", () => this.grow());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.about = el("div", { class: "about", hidden: true });
    this.picker = el("input", { type: "file", hidden: true, onchange: () => this.sendFile() });
    const menu = iconButton("menu", "Commands of the bot", (event) => this.commands(event.currentTarget));
    const attach = iconButton("attach", "Attach", (event) => this.attach(event.currentTarget));
    const send = iconButton("send", "Send", () => this.send(), { class: "send" });
    this.keys = el("div", { class: "reply-keyboard", hidden: true });
    this.node = el("div", { class: "composer" }, this.about, el("div", { class: "line" }, menu, this.field, attach, send), this.keys, this.picker);
    this.drawKeyboard();
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 132)}px`;
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape") this.clear();
  }

  async send(order = null) {
    const text = this.field.value;
    if (!order && !text.trim()) return;
    const place = this.place();
    let result;
    if (this.editing) {
      result = await act(`users/${this.writer()}/edits`, { ...place, message_id: this.editing.message_id, text });
    } else {
      const reply = this.reply ? { reply_to: this.reply.message_id } : {};
      result = await act(`users/${this.writer()}/messages`, { ...place, ...reply, ...(order || { text }) });
    }
    if (result) this.clear(Boolean(order) && !this.editing);
  }

  clear(keepText = false) {
    this.reply = this.editing = null;
    this.about.hidden = true;
    if (!keepText) this.field.value = "";
    this.grow();
  }

  answer(message) {
    this.clear(true);
    this.reply = message;
    this.showAbout("Reply to", message);
  }

  edit(message) {
    this.clear();
    this.editing = message;
    this.field.value = message.text || message.caption;
    this.grow();
    this.showAbout("Edit", message);
  }

  showAbout(word, message) {
    this.about.replaceChildren(
      el("div", {}, el("strong", { text: `${word} ${message.from.first_name}` }), el("span", { text: preview(message).slice(0, 90) })),
      iconButton("close", "Never mind", () => this.clear(Boolean(this.reply))),
    );
    this.about.hidden = false;
    this.field.focus();
  }

  commands(anchor) {
    const list = menuFor(this.writer(), this.place().chat_id);
    if (!list.length) {
      toast("The bot has set no commands yet. Is it running?");
      return;
    }
    popup(anchor, list.map((one) => ({ label: `/${one.command}`, hint: one.description, act: () => this.send({ text: `/${one.command}` }) })));
  }

  attach(anchor) {
    const caption = this.field.value.trim();
    const send = async (order) => {
      await this.send({ ...order, caption });
      if (caption) this.clear();
    };
    popup(anchor, [
      ...KINDS.map(([label, order]) => ({ label, act: () => send(order) })),
      { label: "A file of this computer …", act: () => this.picker.click() },
    ]);
  }

  async sendFile() {
    const [file] = this.picker.files;
    this.picker.value = "";
    if (!file) return;
    if (file.size > LARGEST) {
      toast("At most 40 MB can be attached here.", "bad");
      return;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    const kind = /^image\/(png|jpeg|webp)$/.test(file.type) ? "photo" : "document";
    await this.send({ kind, base64: btoa(text), name: file.name, mime: file.type, caption: this.field.value.trim() });
    this.clear();
  }

  drawKeyboard() {
    const markup = this.keyboard?.();
    this.keys.replaceChildren();
    this.keys.hidden = !markup;
    if (!markup) return;
    this.field.placeholder = markup.input_field_placeholder || "Message";
    for (const row of markup.keyboard) this.keys.append(el("div", { class: "key-row" }, ...row.map((key) => this.replyKey(key))));
  }

  replyKey(key) {
    if (key.request_contact) return this.special("📱", key, { kind: "contact" });
    if (key.request_location) return this.special("📍", key, { kind: "location" });
    return button(key.text, () => this.send({ text: key.text }), { class: "key" });
  }

  special(sign, key, order) {
    return button(`${sign} ${key.text.replace(sign, "").trim()}`, () => this.send(order), { class: "key" });
  }
}

// The narrowest scope wins, then the person's language, as in Telegram.
export function menuFor(userId, chatId) {
  const one = world.people.find((user) => user.id === userId);
  const language = one?.language_code || "";
  const group = chatId < 0;
  const staff = group && ["creator", "administrator"].includes(world.chats.find((it) => it.id === chatId)?.members?.[userId]);
  const scopes = group
    ? [`chat_member:${chatId}:${userId}`, staff && `chat_administrators:${chatId}:`, `chat:${chatId}:`, staff && "all_chat_administrators::", "all_group_chats::"]
    : [`chat:${chatId}:`, "all_private_chats::"];
  for (const scope of [...scopes.filter(Boolean), "default::"]) {
    for (const suffix of [language, ""]) {
      const list = world.commands[`${scope}:${suffix}`];
      if (list?.length) return list;
    }
  }
  return [];
}

export const startButton = (onclick) => {
  const node = button("Start", onclick, { class: "start" });
  node.prepend(icon("play"));
  return node;
};
