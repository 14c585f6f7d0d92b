import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';

export interface SearchDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
}
