/** Cisco ISE's external-MDM API: posture for the network, and what the network may order. */
import type { Clock } from '../../../kernel/clock.ts';
import type { Database } from '../../../kernel/db/database.ts';
import { createAccounts } from './accounts.ts';
import type { CredentialCheckDeps } from './check-credentials.ts';
import { type CiscoIse, createCiscoIse } from './cisco-ise.ts';
import type { OrderDeps } from './orders.ts';
import { createPagingTokens } from './paging-token.ts';
import { createPostureReader } from './posture-reader.ts';

export { methodNotAllowed } from './calls.ts';
export type { Admission, CiscoIse, IseRequest } from './cisco-ise.ts';
export type { QueueForNetwork } from './orders.ts';

export interface CiscoIseOptions
  extends Pick<OrderDeps, 'queue' | 'mayFullWipe'>,
    Pick<CredentialCheckDeps, 'passwords'> {
  readonly database: Database;
  readonly clock: Clock;
  readonly publicUrl: URL;
  readonly productVersion: string;
  /** Secret and the same on every server of the instance: continues lists on another server and after a restart. */
  readonly pagingKey: Uint8Array;
}

export function openCiscoIse(options: CiscoIseOptions): CiscoIse {
  const { database, clock } = options;
  return createCiscoIse({
    ...options,
    accounts: createAccounts(options),
    reader: createPostureReader(database),
    tokens: createPagingTokens(options.pagingKey, clock),
  });
}
