// Keeps what was typed through reloads, errors and expired sign-ins, on this computer only, for a week.

const WEEK = 7 * 24 * 3600 * 1000;

function store() { try { return window.localStorage; } catch { return null; } }

export function keep(key, value) {
  const box = store();
  if (!box) return;
  if (value) box.setItem(`draft:${key}`, JSON.stringify({ at: Date.now(), value }));
  else box.removeItem(`draft:${key}`);
}

export function kept(key) {
  const found = store()?.getItem(`draft:${key}`);
  if (!found) return null;
  const { at, value } = JSON.parse(found);
  return Date.now() - at < WEEK ? value : null;
}
