// The door to declarative management: a device asks by check-in message, and whoever compiles declarations answers.
import type { TenantTx } from '../../kernel/db/database.ts';
import type { AppleTarget } from './apple-target.ts';

export interface DeclarationsAnswer {
  /** 404 for a declaration that is gone: the device drops it. */
  readonly status: 200 | 400 | 404;
  /** JSON; absent: an empty answer, as to a status report. */
  readonly body?: Uint8Array;
}

export interface DeclarationsPort {
  /**
   * @param endpoint `tokens`, `declaration-items`, `status`, or `declaration/<kind>/<identifier>` with any characters in the
   * identifier: split at the first two slashes only.
   * @param data what came with it: a status report, JSON, not yet read.
   */
  answer(
    context: { readonly tx: TenantTx; readonly target: AppleTarget; readonly now: number },
    endpoint: string,
    data: Uint8Array | undefined,
  ): Promise<DeclarationsAnswer>;
  /** What an asset points at, for a device that has such a declaration; the device shows its identity and asks by GET. */
  asset(
    tx: TenantTx,
    certificate: { readonly deviceId: string; readonly fingerprint: string },
    identifier: string,
  ): Promise<{ readonly bytes: Uint8Array; readonly contentType: string } | undefined>;
}

/** Until declarations are compiled for anybody: there are none. */
export const noDeclarations: DeclarationsPort = {
  answer: (_context, endpoint) => Promise.resolve({ status: endpoint === 'status' ? 200 : 404 }),
  asset: () => Promise.resolve(undefined),
};
