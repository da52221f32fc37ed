// One message: bubble, media, buttons, reactions; or the line of a service message.

import { button, el, exactTime, face, fullName, icon, iconButton, shortTime } from "./dom.js";
import { formatted } from "./text.js";

const file = (id) => `/sandbox/files/${encodeURIComponent(id)}`;
const size = (bytes) => (bytes < 1024 ? `${bytes} B` : `${Math.round(bytes / 102.4) / 10} KB`);

const MEDIA = {
  photo: (photo) => el("img", { class: "picture", src: file(photo[photo.length - 1].file_id), alt: "Photo", loading: "lazy" }),
  sticker: (sticker) => el("img", { class: "sticker", src: file(sticker.file_id), alt: `Sticker ${sticker.emoji || ""}` }),
  document: (paper) => attachment("file", paper.file_name || "File", size(paper.file_size || 0), paper.file_id),
  audio: (audio) => attachment("play", audio.title || audio.file_name || "Audio", `${audio.duration} s`, audio.file_id),
  voice: (voice) => waveform(voice),
  video: (video) => screen("Video", video.duration),
  animation: (video) => screen("GIF", video.duration),
  video_note: (note) => el("div", { class: "round" }, icon("play"), el("span", { text: `${note.duration} s` })),
  location: (place) => map(`${place.latitude.toFixed(4)}, ${place.longitude.toFixed(4)}`),
  venue: (venue) => map(`${venue.title}\n${venue.address}`),
  contact: (contact) => el("div", { class: "card" }, face(contact.user_id || 3, contact.first_name), el("div", {},
    el("strong", { text: fullName(contact) }), el("span", { class: "quiet", text: contact.phone_number }))),
  poll: (poll) => el("div", { class: "poll" }, el("strong", { text: poll.question }),
    ...poll.options.map((option) => el("span", { text: `○ ${option.text}` }))),
  dice: (dice) => el("div", { class: "dice", text: `${dice.emoji} ${dice.value}` }),
};

function attachment(sign, name, about, id) {
  return el("a", { class: "card", href: file(id), target: "_blank", rel: "noopener" },
    el("span", { class: "disc" }, icon(sign)), el("div", {}, el("strong", { text: name }), el("span", { class: "quiet", text: about })));
}

function waveform(voice) {
  const bars = el("span", { class: "bars", "aria-hidden": "true" });
  let seed = voice.file_unique_id.length * 7 + voice.file_unique_id.charCodeAt(0);
  for (let n = 0; n < 26; n += 1) {
    seed = (seed * 73 + 41) % 101;
    const bar = el("i");
    bar.style.height = `${4 + (seed % 17)}px`;
    bars.append(bar);
  }
  return el("div", { class: "card voice", "aria-label": `Voice message, ${voice.duration} s` },
    el("span", { class: "disc" }, icon("play")), el("div", {}, bars, el("span", { class: "quiet", text: `0:0${voice.duration}` })));
}

const screen = (word, duration) => el("div", { class: "screen" }, icon("play"), el("span", { text: `${word} · ${duration} s` }));
const map = (text) => el("div", { class: "map" }, icon("place"), el("span", { text }));

const SERVICE = {
  forum_topic_created: (topic) => `opened the topic “${topic.name}”`,
  forum_topic_edited: (topic) => (topic.name ? `renamed the topic to “${topic.name}”` : "changed the topic's icon"),
  forum_topic_closed: () => "closed the topic",
  forum_topic_reopened: () => "opened the topic again",
  pinned_message: (message) => `pinned “${preview(message).slice(0, 40)}”`,
  migrate_to_chat_id: (id) => `moved the group to ${id}`,
  migrate_from_chat_id: (id) => `moved the group from ${id}`,
};

export const serviceOf = (message) => Object.keys(SERVICE).find((name) => name in message);
const kindOf = (message) => Object.keys(MEDIA).find((name) => name in message && !(name === "document" && message.animation)
  && !(name === "location" && message.venue));
const WORDS = { photo: "Photo", voice: "Voice message", video: "Video", document: "File", sticker: "Sticker", location: "Location",
  contact: "Contact", audio: "Audio", video_note: "Video message", animation: "GIF", venue: "Place", poll: "Poll", dice: "Dice" };

export function preview(message) {
  const service = serviceOf(message);
  if (service) return SERVICE[service](message[service]);
  return message.text || message.caption || WORDS[kindOf(message)] || "Message";
}

// context: { mine, named, onPress, onMore, onCommand }
export function bubble(message, context) {
  const service = serviceOf(message);
  if (service) {
    const who = message.from.first_name;
    return el("li", { class: "service", "data-id": message.message_id },
      el("span", { text: `${who} ${SERVICE[service](message[service])}`, title: exactTime(message.date) }));
  }
  const side = context.mine ? "mine" : message.from.is_bot && !message.sender_chat ? "bot" : "theirs";
  const body = el("div", { class: "bubble" });
  if (context.named && !context.mine) body.append(author(message));
  if (message.forward_origin) {
    body.append(el("div", { class: "forwarded quiet", text: `Forwarded from ${message.forward_origin.sender_user?.first_name || "somebody"}` }));
  }
  const answered = message.reply_to_message;
  if (answered && !("forum_topic_created" in answered)) body.append(quoted(answered, message.quote));
  const kind = kindOf(message);
  if (kind) body.append(MEDIA[kind](message[kind]));
  const text = message.text ?? message.caption;
  if (text) {
    const entities = message.entities || message.caption_entities || [];
    body.append(el("div", { class: "text", dir: "auto" }, ...formatted(text, entities, context.onCommand)));
  }
  body.append(el("span", { class: "stamp" }, message.edit_date ? "edited " : "",
    el("time", { text: shortTime(message.date), title: exactTime(message.date) })));
  body.append(iconButton("more", "What to do with this message", (event) => context.onMore(message, event.currentTarget), { class: "more" }));
  const item = el("li", { class: `message ${side}${kind === "sticker" ? " bare" : ""}`, "data-id": message.message_id }, body);
  if (message.reactions) item.append(reactionRow(message.reactions));
  const rows = message.reply_markup?.inline_keyboard;
  if (rows) item.append(keyboard(rows, message, context));
  return item;
}

function author(message) {
  const name = message.sender_chat ? `${message.sender_chat.title} (anonymous)` : fullName(message.from);
  return el("div", { class: `author ink-${Math.abs(message.from.id) % 7}`, text: name });
}

function quoted(message, quote) {
  return el("div", { class: "quoted" }, el("strong", { text: message.from.first_name }),
    el("span", { text: (quote?.text || preview(message)).slice(0, 120) }));
}

export function reactionRow(reactions) {
  return el("div", { class: "reactions" },
    ...Object.entries(reactions).map(([emoji, users]) => el("span", { text: users.length > 1 ? `${emoji} ${users.length}` : emoji })));
}

function keyboard(rows, message, context) {
  const line = (row) => el("div", { class: "key-row" }, ...row.map((key) => {
    if (key.url) return el("a", { class: "key", href: key.url, target: "_blank", rel: "noopener noreferrer", text: `${key.text} ↗` });
    const node = button(key.text, () => context.onPress(message, key, node), { class: `key ${key.style || ""}`, disabled: Boolean(key.disabled) });
    return node;
  }));
  return el("div", { class: "keys" }, ...rows.map(line));
}
