/** Whether a token still opens anything, and for how long one can be made. */
import type { ApiToken } from '@gatehouse/contracts/admin/tokens.ts';

export function tokenStanding(
  { expiresAt, revokedAt }: Pick<ApiToken, 'expiresAt' | 'revokedAt'>,
  now: number,
): 'valid' | 'expired' | 'revoked' {
  if (revokedAt !== undefined) return 'revoked';
  return new Date(expiresAt).getTime() > now ? 'valid' : 'expired';
}

/** Seconds, up to what the organization allows, which is offered itself. */
export function lifeChoices(maximumDays: number): readonly number[] {
  const offered = [1, 7, 30, 90, 180, 365].filter((days) => days < maximumDays);
  return [...offered, maximumDays].map((days) => days * 86_400);
}
