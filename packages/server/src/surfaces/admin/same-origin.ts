// Whether a browser sent a request from our own pages (ADM-03). Browsers set these headers themselves; what is no browser
// sends neither, carries no cookies of a victim, and is not asked.
import { DomainError } from '@gatehouse/core/errors.ts';

export function requireSameOrigin(header: (name: string) => string | undefined, publicUrl: URL): void {
  const site = header('sec-fetch-site');
  const origin = header('origin');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw crossOrigin();
  if (origin !== undefined && origin !== publicUrl.origin) throw crossOrigin();
}

function crossOrigin(): DomainError {
  return new DomainError('forbidden', 'The request comes from another origin', { reason: 'cross-origin' });
}
