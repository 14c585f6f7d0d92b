// What procedures for lost and stolen devices need, and what people say when they start one.
import type { PlaybookName, PlaybookOption } from '@gatehouse/core/playbooks/playbook.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { CommandDeps } from '../commands/index.ts';

export interface PlaybookDeps extends CommandDeps {
  readonly database: Pick<Database, 'withTenant'>;
}

export interface PlaybookRequest extends PlaybookDetails {
  readonly playbook: PlaybookName;
  readonly option?: PlaybookOption | undefined;
  readonly reason: string;
}

export interface PlaybookDetails {
  /** Shown on the locked device. */
  readonly message?: string | undefined;
  readonly phoneNumber?: string | undefined;
  /** How long a lost device is looked for; default {@link usualWaitHours}. */
  readonly waitHours?: number | undefined;
  readonly blacklist?: boolean | undefined;
  /** The lock-down policy of the secured group. */
  readonly policyId?: string | undefined;
}

export const usualWaitHours = 24;
export const usualMessage = 'This device is lost. Please return it to its owner.';
