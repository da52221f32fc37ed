// The console's keys: one letter, or "g" and a letter to go somewhere; "?" shows the sheet.

let going = false;

export function keys(actions) {
  const sheet = document.getElementById("keys");
  document.querySelector("[data-keys]")?.addEventListener("click", () => sheet.showModal());
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
      if (event.target.matches("textarea, input")) event.target.blur();
      return;
    }
    if (event.target.matches("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
    if (going) {
      going = false;
      const link = document.querySelector(`.rail [data-go="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    if (event.key === "g") { going = true; setTimeout(() => { going = false; }, 1200); return; }
    if (event.key === "?") { event.preventDefault(); sheet.showModal(); return; }
    const button = document.querySelector(`[data-key-press="${CSS.escape(event.key)}"]`);
    if (button) { event.preventDefault(); button.click(); focusIn(button); return; }
    if (actions[event.key]) { event.preventDefault(); actions[event.key](); }
  });
}

function focusIn(button) {
  button.closest("details")?.querySelector(".pop select, .pop button")?.focus();
}
