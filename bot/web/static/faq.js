// FAQ and order pages: "test a question" without a reload, drafts of entries, keys.

import { page, renew } from "./dom.js";
import { keep, kept } from "./drafts.js";
import { keys } from "./keys.js";
import { listen } from "./live.js";

keys({});

// An order's page, and the list of orders, stay true; a form that is being filled in stays as it is.
if (document.querySelector('[data-region^="order"]')) {
  let due = 0;
  listen("/console/events", Number(document.body.dataset.after), ["order"], (kind) => {
    if (kind !== "order") return;
    due ||= setTimeout(async () => {
      due = 0;
      const fetched = await page(window.location.href).catch(() => null);
      if (fetched) for (const name of ["orders", "order-head", "order", "order-acts"]) renew(name, fetched);
    }, 300);
  });
}

// The counts of the rail stay true while an entry is being written.
const SETTLES = 300;
let counting = 0;
listen("/console/events", Number(document.body.dataset.after), ["ticket", "message"], (kind) => {
  if (kind !== "ticket" && kind !== "message") return;
  counting ||= setTimeout(async () => {
    counting = 0;
    const fetched = await page(`/console/fragments/places?nav=${document.body.dataset.view}`).catch(() => null);
    if (fetched) renew("places", fetched);
  }, SETTLES);
});

for (const form of document.querySelectorAll("[data-test]")) {
  const ask = async () => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "document";
    request.onload = () => { if (request.response) renew("tested", request.response, form.parentElement); };
    request.send(new URLSearchParams(new FormData(form)));
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  form.elements.question.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); ask(); }
  });
}

const editor = document.querySelector("[data-draft]");
if (editor) {
  const key = editor.dataset.draft;
  const fields = () => [...editor.elements].filter((field) => field.name && !["csrf", "key", "base"].includes(field.name));
  if (editor.querySelector(".chip.green")) keep(key, null);
  const old = kept(key);
  if (old && old.base === editor.elements.base.value) {
    for (const field of fields()) {
      if (!(field.name in old.values)) continue;
      if (field.type === "checkbox") field.checked = old.values[field.name];
      else field.value = old.values[field.name];
    }
  }
  editor.addEventListener("input", () => {
    const values = {};
    for (const field of fields()) values[field.name] = field.type === "checkbox" ? field.checked : field.value;
    keep(key, { base: editor.elements.base.value, values });
  });
}
