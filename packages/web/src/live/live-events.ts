/**
 * What happens in the organization, as it happens: one stream for the whole page, however many components listen. The browser
 * asks again by itself after a break, from where it was; meanwhile the page says how old it is.
 */
import { publicEventNames } from '@gatehouse/core/events/event-catalogue.ts';
import { api } from '../api/call.ts';

export interface LiveEvent {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly subjectId?: string };
}

export type Liveness =
  | { readonly state: 'off' }
  | { readonly state: 'live' }
  /** Since when nothing is heard. */
  | { readonly state: 'paused'; readonly since: number };

type Listener = (event: LiveEvent) => void;

const listeners = new Set<Listener>();
const watchers = new Set<() => void>();
let source: EventSource | undefined;
let liveness: Liveness = { state: 'off' };

export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const currentLiveness = (): Liveness => liveness;

export function watchLiveness(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

function become(next: Liveness): void {
  if (next.state === liveness.state) return;
  liveness = next;
  for (const watcher of watchers) watcher();
}

/** Opens the stream; once for a page. */
export function goLive(): void {
  if (source !== undefined) return;
  const query = api.organization === undefined ? '' : `?organization=${encodeURIComponent(api.organization)}`;
  source = new EventSource(`${api.root}/events${query}`);
  source.addEventListener('open', () => become({ state: 'live' }));
  source.addEventListener('error', () => {
    become({ state: 'paused', since: Date.now() });
    // Refused for good: the browser gives up then. Later, because there may be too many streams just now.
    if (source?.readyState === EventSource.CLOSED) {
      stopLive();
      setTimeout(goLive, 30_000);
    }
  });
  for (const name of publicEventNames) {
    source.addEventListener(name, (message) => {
      const event = JSON.parse((message as MessageEvent<string>).data) as LiveEvent;
      for (const listener of listeners) listener(event);
    });
  }
}

export function stopLive(): void {
  source?.close();
  source = undefined;
}
