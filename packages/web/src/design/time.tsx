// A moment: how long ago while that says something, the date beyond; the exact time with its zone for mouse and keyboard.
import { useSyncExternalStore } from 'react';
import { formatAge, formatExactTime, formatTime } from '../language/format.ts';
import { Hint } from './hint.tsx';

let minute = Date.now();
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= setInterval(() => {
    minute = Date.now();
    for (const each of watchers) each();
  }, 60_000);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The moment, renewed once a minute for the whole page: nobody needs a clock that ticks. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => minute);
}

export function Time({ at, form = 'age' }: { at: string; form?: 'age' | 'time' }) {
  const now = useNow();
  return (
    <Hint label={() => formatExactTime(at)}>
      {/* In the order of tabs, because the exact time is for those without a mouse as well. */}
      <time dateTime={at} tabIndex={0}>
        {form === 'age' ? formatAge(at, now) : formatTime(at)}
      </time>
    </Hint>
  );
}
