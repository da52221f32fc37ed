// Small tools for building the page: elements, faces, times. Text only ever goes in as text.

export function el(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function button(label, onclick, options = {}) {
  return el("button", { type: "button", onclick, text: label, ...options });
}

const NAMESPACE = "http://www.w3.org/2000/svg";
const PATHS = {
  send: "M3 20.5 21.5 12 3 3.500v6.700L15 12 3 13.800z",
  attach: "M16.500 6.500v9.700a4.500 4.500 0 0 1-9 0V6a3 3 0 0 1 6 0v9.500a1.500 1.500 0 0 1-3 0V7H9v8.500a3 3 0 0 0 6 0V6a4.500 4.500 0 0 0-9 0v10.200a6 6 0 0 0 12 0V6.500z",
  menu: "M4 6.200h16v1.600H4zm0 5h16v1.600H4zm0 5h10v1.600H4z",
  more: "M12 5.500a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3m0 5a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3m0 5a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3",
  back: "M15.600 5.400 9 12l6.600 6.600-1.200 1.200L6.600 12l7.800-7.800z",
  close: "m6.300 5.100 5.700 5.700 5.700-5.700 1.200 1.200-5.700 5.700 5.700 5.700-1.200 1.200-5.700-5.700-5.700 5.700-1.200-1.200 5.700-5.700-5.700-5.700z",
  keyboard: "M3 6h18v12H3zm1.600 1.600v8.800h14.800V7.600zM6.500 9.500h2v2h-2zm4.500 0h2v2h-2zm4.500 0h2v2h-2zm-7 4h7v1.800h-7z",
  file: "M6 3h8l4 4v14H6zm7.500 1.600V7.500h3z",
  place: "M12 3a6.500 6.500 0 0 1 6.500 6.500C18.500 14.500 12 21 12 21S5.500 14.500 5.500 9.500A6.500 6.500 0 0 1 12 3m0 4.200a2.300 2.300 0 1 0 0 4.600 2.300 2.300 0 0 0 0-4.600",
  play: "M8 5.500v13l10.500-6.500z",
  down: "m5.400 9 6.600 6.600L18.600 9l1.200 1.200L12 18 4.200 10.200z",
  sun: "M12 7.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9M11.200 2h1.600v3h-1.600zm0 17h1.600v3h-1.600zM2 11.200h3v1.600H2zm17 0h3v1.600h-3zM4.300 5.400l1.100-1.100 2.200 2.200-1.100 1.100zm12.100 12.100 1.100-1.100 2.200 2.200-1.100 1.100zM4.300 18.600l2.200-2.200 1.100 1.100-2.200 2.200zM16.400 6.500l2.200-2.200 1.100 1.100-2.200 2.200z",
  tools: "M4 5.500h9v1.600H4zm12 0h4v1.600h-4zM14 4h1.600v4.600H14zM4 11.200h4v1.600H4zm7 0h9v1.600h-9zM8.500 9.700h1.600v4.600H8.500zM4 16.900h9v1.600H4zm12 0h4v1.600h-4zm-2-1.500h1.600V20H14z",
  plus: "M11.200 5h1.600v6.200H19v1.600h-6.200V19h-1.600v-6.200H5v-1.600h6.200z",
  group: "M8.500 5.500a3 3 0 1 1 0 6 3 3 0 0 1 0-6m7.500 1a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5M2.500 18.500c0-3.300 2.700-5.500 6-5.500s6 2.200 6 5.500zm13.500 0c0-1.900-.6-3.500-1.700-4.700.5-.2 1.100-.3 1.700-.3 3 0 5.500 2 5.500 5z",
  lock: "M7 10V8a5 5 0 0 1 10 0v2h1.500v10h-13V10zm1.600 0h6.800V8a3.400 3.400 0 0 0-6.800 0z",
};

export function icon(name) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS(NAMESPACE, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onclick, options = {}) {
  const node = el("button", { type: "button", "aria-label": label, title: label, onclick, ...options });
  node.classList.add("icon-button");
  node.append(icon(name));
  return node;
}

export function fullName(user) {
  return [user.first_name, user.last_name].filter(Boolean).join(" ");
}

export function face(id, name, small = false) {
  const letters = Array.from(name.trim())[0] || "?";
  const tone = Math.abs(id) % 7;
  return el("span", { class: `face tone-${tone}${small ? " small" : ""}`, "aria-hidden": "true", text: letters.toUpperCase() });
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

export const shortTime = (seconds) => clock.format(seconds * 1000);
export const exactTime = (seconds) => exact.format(seconds * 1000);
export const dayOf = (seconds) => day.format(seconds * 1000);

const LANGUAGES = { de: "Deutsch", en: "English", ru: "Русский" };
export const languageName = (code) => LANGUAGES[code] || code || "no language";

export function toast(text, kind = "") {
  const node = el("p", { class: `toast ${kind}`, text });
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), 4500);
}

// A menu below a button: closes on choice, on Escape and on a click elsewhere.
export function popup(anchor, entries) {
  document.querySelector(".popup")?.remove();
  const menu = el("div", { class: "popup", role: "menu" });
  const close = () => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", key, true);
  };
  const outside = (event) => menu.contains(event.target) || close();
  const key = (event) => {
    const items = [...menu.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape") {
      close();
      anchor.focus();
    } else if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
    else if (event.key === "ArrowUp") items[(at - 1 + items.length) % items.length].focus();
    else return;
    event.preventDefault();
  };
  for (const entry of entries.filter(Boolean)) {
    if (entry.node) menu.append(entry.node(close));
    else {
      const item = button(entry.label, () => (close(), entry.act()), { role: "menuitem", class: entry.class });
      if (entry.hint) item.append(el("span", { class: "hint", text: entry.hint }));
      menu.append(item);
    }
  }
  document.body.append(menu);
  const from = anchor.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const left = Math.min(Math.max(8, from.left), innerWidth - size.width - 8);
  const above = from.top - size.height - 6;
  const below = from.bottom + 6;
  menu.style.left = `${left}px`;
  menu.style.top = `${below + size.height < innerHeight ? below : Math.max(8, above)}px`;
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", key, true);
  menu.querySelector("button")?.focus();
}
