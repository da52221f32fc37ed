// What the customer writes and presses goes out in order, one after the other. While the line is down a message is tried
// again by itself, under the same id, so that nothing arrives twice; until it is stored it is kept on this computer.

import { keep, kept, keptAll } from "./drafts.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const KEY = "unsent:";
const VISITOR = "visitor";
// A request that has not ended by then is given up: a line that is half open says nothing for minutes.
const PATIENCE = 20000;

export function patience() { return AbortSignal.timeout?.(PATIENCE); }

// What a POST of ours ended with: `after` in ms when it is worth another try, nothing when it is not.
export class Unsent extends Error {
  constructor(sentence, after) { super(sentence); this.sentence = sentence; this.after = after; }
}

let secret = "";

// Who writes, until the cookie says it: made here, so that a first message whose answer was lost is nobody else's when it
// is sent again. It stays on this computer only as long as no answer has come.
function visitor() {
  if (secret) return secret;
  const found = kept(VISITOR);
  secret = typeof found === "string" && found.length === 43 ? found : random();
  keep(VISITOR, secret);
  return secret;
}

function random() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...body, visitor: visitor() }),
    signal: patience(),
  }).catch(() => { throw new Unsent("", 0); });
  if (answer.ok) { keep(VISITOR, null); return; }
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

  function later(error) {
    timer = setTimeout(go, error.after || wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
    for (const one of waiting) if (one.message) tell(one.message, "waiting", error);
  }

  function drop(message) { waiting.shift(); keep(KEY + message.id, null); }

  async function say(message) {
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

  // A press is tried once: who pressed is told, and presses again.
  async function press({ to, body, done, failed }) {
    try { await post(to, body); done(); } catch (error) { failed(error); }
    waiting.shift();
    return true;
  }

  function first() { const [one] = waiting; return one.message ? say(one.message) : press(one); }

  async function go() {
    clearTimeout(timer);
    if (busy) return;
    busy = true;
    try { while (waiting.length && await first()); } finally { busy = false; }
  }

  return {
    add(message) {
      keep(KEY + message.id, { text: message.text, order: Date.now() });
      waiting.push({ message });
      if (busy || waiting.length > 1) tell(message, "sending");
      go();
    },
    // Sends a press behind what was written before it, also while that waits for its next try.
    press(to, body) {
      return new Promise((done, failed) => {
        waiting.push({ to, body, done, failed });
        if (waiting.length === 1) go();
      });
    },
    now() { wait = FIRST_WAIT; if (waiting.length) go(); },
    // What an earlier visit of this page could not get out.
    left() {
      const found = keptAll(KEY).filter(([, one]) => typeof one.text === "string" && one.text);
      return found.sort(([, one], [, other]) => one.order - other.order).map(([id, { text }]) => ({ id, text }));
    },
    forget(message) { keep(KEY + message.id, null); },
  };
}
