// A person's phone with the private chat between them and the bot.

import { act, chat, listen, person, world } from "./api.js";
import { Composer, startButton } from "./composer.js";
import { Conversation } from "./conversation.js";
import { el, face, fullName, iconButton, languageName, popup } from "./dom.js";

export class Phone {
  constructor(userId, onClose) {
    this.id = userId;
    this.onClose = onClose;
    this.node = el("section", { class: "phone", "data-person": userId });
    this.talk = new Conversation({
      chatId: userId, thread: null, named: false, viewer: () => userId,
      onReply: (message) => this.composer.answer(message), onEdit: (message) => this.composer.edit(message),
      empty: () => this.welcome(),
    });
    this.composer = new Composer({
      writer: () => userId, place: () => ({ chat_id: userId }), keyboard: () => chat(userId)?.reply_keyboard,
      label: `Message as ${person(userId).first_name}`,
    });
    this.foot = el("div", { class: "foot" });
    this.unlisten = listen((event) => ["state", "reset"].includes(event.kind) && this.draw());
    this.node.append(this.head(), this.talk.node, this.foot);
    this.draw();
    this.talk.load();
  }

  head() {
    const user = person(this.id);
    const menu = iconButton("more", "More", (event) => this.more(event.currentTarget));
    const close = iconButton("close", "Put this phone away", () => this.onClose(this.id), { class: "put-away" });
    this.status = el("span", { class: "quiet" });
    return el("header", { class: "phone-head" },
      el("div", { class: "owner" }, face(user.id, user.first_name, true), el("strong", { text: fullName(user) }),
        el("span", { class: "tag", text: user.role === "customer" ? languageName(user.language_code) : user.role }), close),
      el("div", { class: "partner" }, el("span", { class: "face bot-face", text: "S", "aria-hidden": "true" }),
        el("div", { class: "grow" }, el("h2", { text: world.bot.first_name }), this.status), menu));
  }

  draw() {
    const state = chat(this.id);
    if (!state) return;
    this.status.textContent = state.blocked ? "blocked" : "bot";
    const mode = state.blocked ? "blocked" : state.started ? "open" : "new";
    if (this.mode !== mode) {
      this.mode = mode;
      const bars = {
        new: () => startButton(() => this.composer.send({ text: "/start" })),
        blocked: () => startUnblock(() => act(`users/${this.id}/unblock`)),
        open: () => this.composer.node,
      };
      this.foot.replaceChildren(bars[mode]());
      if (mode === "open") this.composer.field.focus({ preventScroll: true });
    }
    this.composer.drawKeyboard();
  }

  welcome() {
    const code = person(this.id).language_code;
    const text = world.profile[`description:${code}`] || world.profile["description:"];
    return el("div", { class: "welcome" }, el("strong", { text: "What can this bot do?" }),
      el("p", { text: text || "Nothing was said yet. Press Start, as in Telegram." }));
  }

  more(anchor) {
    const blocked = chat(this.id).blocked;
    popup(anchor, [
      { label: "Send /start", act: () => this.composer.send({ text: "/start" }) },
      blocked
        ? { label: "Unblock the bot", act: () => act(`users/${this.id}/unblock`) }
        : { label: "Block the bot", class: "bad", act: () => act(`users/${this.id}/block`) },
      { label: "Put this phone away", act: () => this.onClose(this.id) },
    ]);
  }

  close() {
    this.unlisten();
    this.talk.close();
    this.node.remove();
  }
}

function startUnblock(onclick) {
  const node = startButton(onclick);
  node.lastChild.textContent = "Unblock the bot";
  return node;
}
