// Keeps what was typed through reloads, errors and expired sign-ins, on this computer only, for a week.

const WEEK = 7 * 24 * 3600 * 1000;
const MARK = "draft:";

function store() { try { return window.localStorage; } catch { return null; } }

export function keep(key, value) {
  const box = store();
  if (!box) return;
  try {
    if (value) box.setItem(MARK + key, JSON.stringify({ at: Date.now(), value }));
    else box.removeItem(MARK + key);
  } catch { /* a full store keeps nothing more */ }
}

// What cannot be read, whoever wrote it, is as good as nothing kept.
export function kept(key) {
  try {
    const { at, value } = JSON.parse(store().getItem(MARK + key));
    return Date.now() - at < WEEK ? value : null;
  } catch { return null; }
}

// Returns [rest of the key, value] of all that was kept under keys that begin so.
export function keptAll(start) {
  const keys = Object.keys(store() ?? {}).filter((key) => key.startsWith(MARK + start));
  return keys.map((key) => [key.slice(MARK.length + start.length), kept(key.slice(MARK.length))]).filter(([, value]) => value);
}
