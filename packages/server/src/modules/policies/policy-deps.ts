import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { ReviewChange } from './review-change.ts';

export interface PolicyDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly events: Events;
  readonly clock: Clock;
  /** Absent: nobody looks at what a change would do. */
  readonly review?: ReviewChange;
}
