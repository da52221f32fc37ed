// What the customer writes goes out in order, one after the other. While the line is down it is tried again by itself,
// under the same id, so that nothing arrives twice; until it is stored it is kept on this computer.

import { keep, keptAll } from "./drafts.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const KEY = "unsent:";

// What a POST of ours ended with: `after` in ms when it is worth another try, nothing when it is not.
export class Unsent extends Error {
  constructor(sentence, after) { super(sentence); this.sentence = sentence; this.after = after; }
}

let line = Promise.resolve();

// Sends one thing when those before it are through: the first one gets the visitor's cookie, which the others need.
export function post(path, body) {
  const sent = line.then(() => send(path, body));
  line = sent.catch(() => {});
  return sent;
}

async function send(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })
    .catch(() => { throw new Unsent("", 0); });
  if (answer.ok) return;
  const sentence = (await answer.json().catch(() => ({}))).error ?? "";
  if (answer.status === 429) throw new Unsent(sentence, 1000 * Number(answer.headers.get("Retry-After") || 5));
  throw answer.status >= 500 ? new Unsent("", 0) : new Unsent(sentence);
}

// Returns the queue; `tell(message, state, error)` hears sending, sent, waiting and refused.
export function outgoing(path, tell) {
  const waiting = [];
  let busy = false;
  let timer = 0;
  let wait = FIRST_WAIT;

  function drop(message) { waiting.shift(); keep(KEY + message.id, null); }

  function later(error) {
    timer = setTimeout(go, error.after || wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
    for (const message of waiting) tell(message, "waiting", error);
  }

  async function first() {
    const [message] = waiting;
    tell(message, "sending");
    try {
      await post(path, { text: message.text, client_id: message.id });
    } catch (error) {
      if (!(error instanceof Unsent)) throw error;
      if (error.after !== undefined) { later(error); return false; }
      drop(message);
      tell(message, "refused", error);
      return true;
    }
    drop(message);
    wait = FIRST_WAIT;
    tell(message, "sent");
    return true;
  }

  async function go() {
    clearTimeout(timer);
    if (busy) return;
    busy = true;
    try { while (waiting.length && await first()); } finally { busy = false; }
  }

  return {
    add(message) {
      keep(KEY + message.id, { text: message.text, order: Date.now() });
      waiting.push(message);
      if (busy || waiting.length > 1) tell(message, "sending");
      go();
    },
    now() { wait = FIRST_WAIT; if (waiting.length) go(); },
    // What an earlier visit of this page could not get out.
    left() {
      const found = keptAll(KEY).sort(([, one], [, other]) => one.order - other.order);
      return found.map(([id, { text }]) => ({ id, text }));
    },
    forget(message) { keep(KEY + message.id, null); },
  };
}
