// Listens to a stream of events and goes on by itself where it stopped.

export function listen(url, after, kinds, tell) {
  let last = after;
  let source = null;
  let wait = 1000;
  const open = () => {
    source = new EventSource(`${url}?after=${last}`);
    source.onopen = () => { wait = 1000; tell("open", {}); };
    source.onerror = () => {
      tell("lost", {});
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, wait);
      wait = Math.min(wait * 2, 15000);
    };
    for (const kind of kinds) {
      source.addEventListener(kind, (event) => {
        if (event.lastEventId && Number(event.lastEventId) <= last) return;
        if (event.lastEventId) last = Number(event.lastEventId);
        tell(kind, JSON.parse(event.data));
      });
    }
  };
  open();
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  return () => source.close();
}
