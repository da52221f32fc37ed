// Talks to the sandbox and keeps what it says: people, chats, faults. Listeners hear what has changed.

import { toast } from "./dom.js";

async function ask(method, path, order) {
  const body = order === undefined ? undefined : JSON.stringify(order);
  let answer, result;
  try {
    answer = await fetch(`/sandbox/${path}`, { method, body, headers: body ? { "content-type": "application/json" } : {} });
    result = await answer.json();
  } catch { // the browser's own words for it say nothing to people
    throw new Error(`The sandbox does not answer${method === "GET" ? "" : ", so that did not happen"}. Is it running?`);
  }
  if (!answer.ok) throw new Error(result.error || "The sandbox could not do that.");
  return result;
}

export const get = (path) => ask("GET", path);

// Acts show their own failure: what a person cannot do in Telegram is said in a line at the bottom.
export async function act(path, order = {}, method = "POST") {
  try {
    return await ask(method, path, method === "POST" ? order : undefined);
  } catch (error) {
    toast(error.message, "bad");
    return null;
  }
}

export const world = { people: [], chats: [], commands: {}, faults: [], bot: {}, limits: true, waiting: 0, webhook: "" };
const listeners = new Set();

export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(event) {
  for (const listener of [...listeners]) listener(event);
}

export const person = (id) => world.people.find((one) => one.id === id);
export const chat = (id) => world.chats.find((one) => one.id === id);
export const groups = () => world.chats.filter((one) => one.id < 0 && !one.migrated_to);

let refreshing = null;
export function refresh() {
  refreshing ??= new Promise((resolve) => setTimeout(resolve, 40)).then(async () => {
    refreshing = null;
    const state = await get("state").catch(() => null); // gone: once it is back, everything is asked for anew
    if (!state) return;
    Object.assign(world, state);
    tell({ kind: "state" });
  });
  return refreshing;
}

const STRUCTURAL = new Set(["people", "chat", "topic", "bot", "faults"]);

export async function connect(status) {
  Object.assign(world, await get("state"));
  const source = new EventSource(`/sandbox/events?after=${world.seq}`);
  let lost = false;
  source.onopen = () => {
    status(true);
    if (lost) refresh().then(() => tell({ kind: "reset" }));
    lost = false;
  };
  source.onerror = () => {
    lost = true;
    status(false);
  };
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    const first = event.kind === "message" && chat(event.chat_id)?.started === false;
    if (STRUCTURAL.has(event.kind) || first || event.reply_keyboard) refresh();
    if (event.kind === "reset") refresh().then(() => tell(event));
    else tell(event);
  };
}
