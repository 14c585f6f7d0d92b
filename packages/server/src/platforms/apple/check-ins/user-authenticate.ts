// A network or mobile account logs in to a Mac. Unless the organization manages such users, it is told that this one is not
// managed; the password dance behind the challenge is not offered, for it would have us keep passwords.
import type { CheckInMessageOf } from '@gatehouse/protocols/apple-mdm/index.ts';
import { readSettings } from '../../../modules/organizations/index.ts';
import type { Speaker } from '../speaker.ts';
import { type AppleAnswer, answerWith, notManaged } from '../answer.ts';
import type { AppleDeps } from '../apple-deps.ts';

export async function userAuthenticate(
  { database }: AppleDeps,
  { organizationId }: Speaker,
  { fields }: CheckInMessageOf<'UserAuthenticate'>,
): Promise<AppleAnswer> {
  const { appleNetworkUsers } = await database.withTenant(organizationId, readSettings, { readOnly: true });
  // An answer to a challenge that we never gave.
  if (!appleNetworkUsers || fields.DigestResponse !== undefined) return notManaged;
  return answerWith('UserAuthenticate', { DigestChallenge: '' });
}
