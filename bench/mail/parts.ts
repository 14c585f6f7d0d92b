// What a part of the benchmark is asked, and how it answers; each runs in a process of its own.
import { startBackend } from './backend.ts';
import { type Ended, Holders, type Holding } from './holders.ts';
import { type Load, runLoad } from './load.ts';

export type Order =
  | { readonly ask: 'start' }
  | { readonly ask: 'held' }
  | { readonly ask: 'load'; readonly load: Load }
  | { readonly ask: 'hold'; readonly holding: Holding }
  | { readonly ask: 'ended'; readonly index: number }
  | { readonly ask: 'ended-count' }
  | { readonly ask: 'release' };

let backend: Awaited<ReturnType<typeof startBackend>> | undefined;
const holders = new Holders();

export async function carryOut(order: Order): Promise<unknown> {
  switch (order.ask) {
    case 'start':
      backend = await startBackend();
      return backend.port;
    case 'held':
      return backend?.held() ?? 0;
    case 'load':
      return runLoad(order.load);
    case 'hold':
      return holders.hold(order.holding);
    case 'ended':
      return holders.ended(order.index) satisfies Ended | undefined;
    case 'ended-count':
      return holders.endedCount;
    case 'release':
      return holders.release();
    default:
      return order satisfies never;
  }
}
