// Time-based one-time codes (RFC 6238): SHA-1, 6 digits, 30 s, one step of tolerance either way. A code counts once: the
// step it belongs to is stored and must grow (ADM-12).
import { generateSecret, generateURI, verifySync } from 'otplib';

const stepSeconds = 30;

/** 160 random bits in base32. */
export function newTotpSecret(): string {
  return generateSecret();
}

/** For authenticator applications, as link or QR code. */
export function totpUri(secret: string, organization: string, email: string): string {
  return generateURI({ issuer: `Gatehouse ${organization}`, label: email, secret });
}

/** @returns the step that the code belongs to, to be stored; undefined for a wrong or used code. */
export function verifyTotp(
  secret: string,
  code: string,
  now: number,
  lastStep: number | null,
): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const result = verifySync({
    secret,
    token: code,
    epoch: Math.floor(now / 1000),
    epochTolerance: stepSeconds,
    ...(lastStep === null ? {} : { afterTimeStep: lastStep }),
  });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}
