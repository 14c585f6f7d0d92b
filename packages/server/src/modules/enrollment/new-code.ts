// A fresh one-time code for an enrolment, and what is kept of it: the locator that names it and the two proof keys derived
// from it, sealed. The code itself is kept nowhere.
import { randomBytes } from 'node:crypto';
import {
  deriveEnrollmentKeys,
  formatEnrollmentCode,
  newEnrollmentCode,
  publicHostOf,
} from '@gatehouse/protocols/agent-enrollment/index.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { EnrollmentDeps } from './enrollment-deps.ts';
import { selectSlug } from './queries.ts';

export interface NewCode {
  readonly slug: string;
  readonly oneTimePassword: string;
  readonly locator: Uint8Array;
  readonly serverKey: Buffer;
  readonly deviceKey: Buffer;
}

export async function newCode(
  tx: TenantTx,
  deps: Pick<EnrollmentDeps, 'sealer' | 'publicUrl'>,
  enrollmentId: string,
): Promise<NewCode> {
  const slug = await selectSlug(tx);
  if (slug === undefined) throw new DomainError('not-found', 'There is no such organization.');
  const code = newEnrollmentCode(randomBytes);
  const scope = { organizationSlug: slug, publicHost: publicHostOf(deps.publicUrl.href) };
  const keys = deriveEnrollmentKeys(code, scope);
  const oneTimePassword = formatEnrollmentCode(code);
  code.bytes.fill(0);
  const seal = (column: 'server_key' | 'device_key', key: Uint8Array) =>
    deps.sealer.seal(tx, `enrollments.${column}`, enrollmentId, key);
  const made = {
    slug,
    oneTimePassword,
    locator: keys.locator,
    serverKey: await seal('server_key', keys.serverKey),
    deviceKey: await seal('device_key', keys.deviceKey),
  };
  keys.serverKey.fill(0);
  keys.deviceKey.fill(0);
  return made;
}

/** The page for people; the code, if given, stands in the fragment, which browsers do not send (ENR-T07). */
export function enrollmentPage(publicUrl: URL, slug: string, oneTimePassword?: string): string {
  const url = new URL(`/enroll/${slug}`, publicUrl);
  if (oneTimePassword !== undefined) url.hash = oneTimePassword;
  return url.href;
}
