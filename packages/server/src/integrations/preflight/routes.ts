import { Preflight } from '@gatehouse/contracts/admin/system.ts';
import type { Clock } from '../../kernel/clock.ts';
import { type AdminRoute, defineRoute } from '../../kernel/http/route.ts';
import { lookAtAddress } from './look-at-address.ts';

export interface PreflightDeps {
  readonly clock: Clock;
  /** Who uses which of our addresses. */
  readonly addressesInUse: readonly { readonly use: 'people' | 'devices' | 'mail'; readonly url: URL }[];
  readonly ownAuthorities: () => readonly string[];
}

export const preflightRoutes = (deps: PreflightDeps): AdminRoute[] => [
  defineRoute({
    method: 'POST',
    path: '/preflight',
    operation: 'runPreflight',
    tag: 'organizations',
    summary: 'Look at our own addresses as devices see them: name, connection, certificate, answer',
    access: { permission: 'settings.manage' },
    response: { 200: Preflight },
    async handle() {
      const now = deps.clock.now();
      const addresses = await Promise.all(
        deps.addressesInUse.map(async ({ use, url }) => ({
          use,
          url: url.origin,
          steps: await lookAtAddress(url, { now, ownAuthorities: deps.ownAuthorities() }),
        })),
      );
      return { addresses, at: new Date(now).toISOString() };
    },
  }),
];
