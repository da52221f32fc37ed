// A scrolling list of messages, live: what comes is added, edits replace, and the reader's place is kept.

import { act, get, listen } from "./api.js";
import { bubble, reactionRow } from "./bubble.js";
import { dayOf, el, popup, toast } from "./dom.js";

const EMOJI = ["👍", "❤", "🔥", "🎉", "😢", "🤔"];

export class Conversation {
  // options: { chatId, thread (null for all), viewer: () => user id, named, onReply, onEdit, onKeyboard, empty }
  constructor(options) {
    Object.assign(this, options);
    this.messages = new Map();
    this.list = el("ol", { class: "messages", "aria-live": "polite", "aria-label": "Messages" });
    this.typing = el("p", { class: "typing", text: "typing", hidden: true });
    this.jump = el("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toEnd() });
    this.scroller = el("div", { class: "scroller", tabindex: 0 }, this.list, this.typing);
    this.node = el("div", { class: "conversation" }, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.atEnd() && this.seen());
    this.missed = 0;
    this.unlisten = listen((event) => this.hear(event));
  }

  async load() {
    const query = this.thread === null ? "" : `?thread=${this.thread}`;
    const { messages } = await get(`chats/${this.chatId}/messages${query}`);
    this.messages = new Map(messages.map((one) => [one.message_id, one]));
    this.draw();
    return this;
  }

  draw() {
    this.list.replaceChildren();
    this.lastDay = "";
    if (!this.messages.size && this.empty) this.list.append(el("li", { class: "empty" }, this.empty()));
    for (const message of this.messages.values()) this.append(message);
    this.toEnd();
  }

  append(message) {
    this.list.querySelector(".empty")?.remove();
    const today = dayOf(message.date);
    if (today !== this.lastDay) this.list.append(el("li", { class: "service day" }, el("span", { text: today })));
    this.lastDay = today;
    this.list.append(this.bubble(message));
  }

  bubble(message) {
    const viewer = this.viewer();
    return bubble(message, {
      mine: message.from.id === viewer,
      named: this.named,
      onPress: (from, key, node) => this.press(from, key, node),
      onMore: (from, anchor) => this.more(from, anchor),
      onCommand: (command) => act(`users/${this.viewer()}/messages`, this.place({ text: command })),
    });
  }

  place(order) {
    return { chat_id: this.chatId, thread: this.thread || 0, ...order };
  }

  async press(message, key, node) {
    if (key.copy_text) {
      await navigator.clipboard?.writeText(key.copy_text.text);
      toast("Copied");
      return;
    }
    node.classList.add("busy");
    const order = { chat_id: this.chatId, message_id: message.message_id, callback_data: key.callback_data, timeout: 10 };
    const result = await act(`users/${this.viewer()}/presses`, order);
    node.classList.remove("busy");
    if (result && !result.answer) toast("The bot did not answer this press within 10 s.", "bad");
    else if (result?.answer.text) toast(result.answer.text, result.answer.show_alert ? "alert" : "");
  }

  more(message, anchor) {
    const viewer = this.viewer();
    const order = { chat_id: this.chatId, message_id: message.message_id };
    const own = message.from.id === viewer;
    popup(anchor, [
      { node: (close) => el("div", { class: "emoji-row" }, ...EMOJI.map((emoji) => el("button", { type: "button", text: emoji,
        "aria-label": `React with ${emoji}`, onclick: () => (close(), act(`users/${viewer}/reactions`, { ...order, emoji })) }))) },
      { label: "Reply", act: () => this.onReply(message) },
      own && (message.text || message.caption) && { label: "Edit", act: () => this.onEdit(message) },
      { label: "Take reaction back", act: () => act(`users/${viewer}/reactions`, { ...order, emoji: "" }) },
      { label: "Delete", class: "bad", hint: "the bot is not told", act: () => act(`chats/${this.chatId}/messages/${message.message_id}`, {}, "DELETE") },
    ]);
  }

  hear(event) {
    if (event.kind === "reset") this.load();
    if (event.chat_id !== this.chatId || (this.thread !== null && (event.thread || 0) !== this.thread)) return;
    if (event.kind === "message") this.arrive(event);
    else if (event.kind === "edited") this.replace(event.message);
    else if (event.kind === "deleted") this.remove(event.message_id);
    else if (event.kind === "reaction") this.react(event);
    else if (event.kind === "action") this.showTyping();
  }

  arrive(event) {
    const stay = this.atEnd();
    this.messages.set(event.message.message_id, event.message);
    this.append(event.message);
    if (event.message.from.is_bot) this.typing.hidden = true;
    if (stay || event.message.from.id === this.viewer()) this.toEnd();
    else this.announce();
  }

  item(id) {
    return this.list.querySelector(`[data-id="${id}"]`);
  }

  replace(message) {
    const old = this.messages.get(message.message_id);
    this.messages.set(message.message_id, { ...message, reactions: old?.reactions });
    this.item(message.message_id)?.replaceWith(this.bubble(this.messages.get(message.message_id)));
  }

  remove(id) {
    this.messages.delete(id);
    this.item(id)?.remove();
  }

  react(event) {
    const message = this.messages.get(event.message_id);
    if (!message) return;
    message.reactions = Object.keys(event.reactions).length ? event.reactions : undefined;
    const item = this.item(event.message_id);
    item?.querySelector(".reactions")?.remove();
    if (message.reactions) item?.querySelector(".bubble").after(reactionRow(message.reactions));
  }

  showTyping() {
    const stay = this.atEnd();
    this.typing.hidden = false;
    clearTimeout(this.typingEnds);
    this.typingEnds = setTimeout(() => (this.typing.hidden = true), 5000);
    if (stay) this.toEnd();
  }

  atEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 60;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.seen();
  }

  announce() {
    this.missed += 1;
    this.jump.hidden = false;
    this.jump.textContent = `↓ ${this.missed} new`;
  }

  seen() {
    this.missed = 0;
    this.jump.hidden = true;
  }

  close() {
    this.unlisten();
  }
}
