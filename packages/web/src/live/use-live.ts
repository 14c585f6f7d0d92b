/** Live news in components, at most twice a second however many there are: nobody reads faster, and drawing costs. */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { currentLiveness, listen, type LiveEvent, type Liveness, watchLiveness } from './live-events.ts';
import { matchesEvent } from './matches.ts';

const everyMs = 500;
/** Of news that come faster than they are read, these are kept. */
const kept = 200;

/** @param names of events, or `device.*` */
export function useLive(names: readonly string[], onNews: (events: readonly LiveEvent[]) => void): void {
  const handler = useRef(onNews);
  handler.current = onNews;
  const wanted = names.join(' ');
  useEffect(() => {
    if (wanted === '') return undefined;
    const patterns = wanted.split(' ');
    let waiting: LiveEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const tell = () => {
      timer = undefined;
      last = Date.now();
      const events = waiting;
      waiting = [];
      handler.current(events);
    };
    const stop = listen((event) => {
      if (!patterns.some((pattern) => matchesEvent(pattern, event.type))) return;
      waiting = [...waiting.slice(-kept + 1), event];
      timer ??= setTimeout(tell, Math.max(0, last + everyMs - Date.now()));
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [wanted]);
}

export function useLiveness(): Liveness {
  return useSyncExternalStore(watchLiveness, currentLiveness);
}
