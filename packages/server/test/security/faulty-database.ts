// A database connection that fails on demand: at the n-th statement that one request sends, in one of the ways in which
// databases fail. It is the real connection to the real server, so whatever follows is what would follow.
import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';

/** Nothing of it may ever reach a caller. */
export const faultText = 'canary-of-a-fault';

export const faultKinds = ['throws', 'fails', 'cut'] as const;
export type FaultKind = (typeof faultKinds)[number];

interface Plan {
  readonly kind: FaultKind;
  left: number;
  fired: boolean;
}

const plans = new AsyncLocalStorage<Plan>();
type Query = (this: pg.Client, ...values: unknown[]) => unknown;
const realQuery = pg.Client.prototype.query as Query;

/** What a request has woken is no longer the request. */
function isWorker(): boolean {
  return new Error().stack?.includes('kernel/jobs/worker') ?? false;
}

/** From here on {@link withFault} works, in this process. */
export function makeDatabaseFaulty(): void {
  (pg.Client.prototype as { query: Query }).query = function query(...values) {
    const plan = plans.getStore();
    if (plan === undefined || plan.fired || isWorker() || plan.left-- > 0)
      return realQuery.apply(this, values);
    plan.fired = true;
    switch (plan.kind) {
      case 'throws':
        throw new TypeError(faultText);
      case 'fails': {
        const callback = values.findLast((value) => typeof value === 'function');
        const text = `do $$ begin raise exception '${faultText} in relation "secrets"'; end $$`;
        return realQuery.call(this, text, ...(callback === undefined ? [] : [callback]));
      }
      case 'cut': {
        const sent = realQuery.apply(this, values);
        (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
        return sent;
      }
      default:
        return plan.kind satisfies never;
    }
  };
}

export function mendDatabase(): void {
  (pg.Client.prototype as { query: Query }).query = realQuery;
}

/** Runs the work with a fault at its n-th statement; tells whether it came to that. */
export async function withFault<T>(
  kind: FaultKind,
  step: number,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly fired: boolean }> {
  const plan: Plan = { kind, left: step, fired: false };
  // awaited inside: a call that only starts when somebody waits for it must start there
  const result = await plans.run(plan, async () => await work());
  return { result, fired: plan.fired };
}
