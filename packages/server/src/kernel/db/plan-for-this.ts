// Plans of their own. A statement that is remembered is soon planned once for whatever it may be given, and looks at everything;
// where most of what it may be given is usually left out, it is better planned anew for what is there.
import { sql } from './sql.ts';
import type { TenantTx } from './database.ts';

const statement = sql('plan-for-this', `select set_config('plan_cache_mode', 'force_custom_plan', true)`);

/** Goes out with the next statement of this transaction and holds until its end. */
export function planForThis(tx: TenantTx): void {
  void tx.run(statement);
}
