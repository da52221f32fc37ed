// The console's keys: one letter, or "g" and a letter to go somewhere; "?" shows the sheet. While something is typed a
// letter is a letter, so that nobody closes a chat with the word "hello"; with Alt it is a key there, too.

let going = 0;

function typing(target) {
  return target.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=submit], [type=button])");
}

// The Latin letter of a key, whatever the keyboard writes with it: "т" of a Russian one is "n", and so is "N" by CapsLock.
function letter(event) {
  const code = /^(?:Key|Digit)(\w)$/.exec(event.code)?.[1].toLowerCase();
  if (event.key.length > 1 && event.key !== "Dead") return event.key;
  if (code && (event.altKey || event.key === "Dead" || /[^\x20-\x7e]/.test(event.key))) return code;
  return event.shiftKey ? event.key : event.key.toLowerCase();
}

export function keys(actions) {
  const sheet = document.getElementById("keys");
  document.querySelector("[data-keys]")?.addEventListener("click", () => sheet.showModal());
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape" && !event.altKey) { leave(event.target); return; }
    const ours = event.altKey || Date.now() < going || !typing(event.target);
    if (document.querySelector("dialog[open]") || !ours || event.key === "Alt") return;
    if (event.getModifierState("AltGraph")) return;  // that is how "@" and "/" are written on some keyboards
    if (pressed(letter(event), actions, sheet)) event.preventDefault();
  });
}

// Does what a key stands for; says whether it stands for anything.
function pressed(key, actions, sheet) {
  if (Date.now() < going) {
    going = 0;
    const link = document.querySelector(`.rail [data-go="${CSS.escape(key)}"]`);
    link?.click();
    return Boolean(link);
  }
  if (key === "g") { going = Date.now() + 1200; return true; }
  if (key === "?") { sheet.showModal(); return true; }
  const button = document.querySelector(`[data-key-press="${CSS.escape(key)}"]`);
  if (button) { button.click(); focusIn(button); return true; }
  actions[key]?.();
  return key in actions;
}

function leave(target) {
  document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
  if (typing(target)) target.blur();
}

function focusIn(button) {
  button.closest("details[open]")?.querySelector(".pop select, .pop button")?.focus();
}
