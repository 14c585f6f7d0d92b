// The passkeys of one's own account, and showing a second factor once more.
import {
  FactorChallenge,
  FactorProof,
  NewPasskey,
  Passkey,
  PasskeyChanges,
  PasskeyOffer,
} from '@gatehouse/contracts/admin/passkeys.ts';
import { SignedIn } from '@gatehouse/contracts/admin/session.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import {
  addPasskey,
  type AdministratorDeps,
  challengeFactor,
  listPasskeys,
  offerPasskey,
  proveFactor,
  removePasskey,
  renamePasskey,
} from '../../modules/administrators/index.ts';
import { holderOf, signedIn } from './session-holder.ts';

const access = { authenticated: 'everybody may see and change what is their own' } as const;
const tag = 'session';

export const passkeyRoutes = (deps: AdministratorDeps): AdminRoute[] => [
  listRoute({
    path: '/me/passkeys',
    operation: 'listOwnPasskeys',
    tag,
    summary: 'List the own passkeys',
    access,
    item: Passkey,
    handle: async ({ principal }) => ({ items: await listPasskeys(deps, holderOf(principal)) }),
  }),
  defineRoute({
    method: 'POST',
    path: '/me/passkeys/offer',
    operation: 'offerPasskey',
    tag,
    summary: 'Begin to register a passkey',
    access,
    response: { 200: PasskeyOffer },
    handle: ({ principal }) => offerPasskey(deps, holderOf(principal)),
  }),
  defineRoute({
    method: 'POST',
    path: '/me/passkeys',
    operation: 'addPasskey',
    tag,
    summary: 'Register a passkey; the session is replaced',
    access,
    body: NewPasskey,
    response: { 201: SignedIn },
    example: { name: 'Laptop', credential: 'AAAA', clientData: 'AAAA', attestation: 'AAAA' },
    handle: async ({ principal, body }) =>
      signedIn({ ...(await addPasskey(deps, holderOf(principal), body)), secondFactor: 'used' }),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/me/passkeys/:passkeyId',
    operation: 'renamePasskey',
    tag,
    summary: 'Rename a passkey',
    access,
    params: { passkeyId: Id },
    body: PasskeyChanges,
    response: { 200: Passkey },
    example: { name: 'Laptop' },
    handle: ({ principal, params, body }) =>
      renamePasskey(deps, holderOf(principal), params.passkeyId, body.name),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/me/passkeys/:passkeyId',
    operation: 'removePasskey',
    tag,
    summary: 'Remove a passkey; not the last second factor where one is demanded',
    access,
    params: { passkeyId: Id },
    response: { 204: null },
    handle: ({ principal, params }) => removePasskey(deps, holderOf(principal), params.passkeyId),
  }),
  defineRoute({
    method: 'POST',
    path: '/me/factor-challenge',
    operation: 'challengeFactor',
    tag,
    summary: 'Begin to show the second factor once more',
    access,
    response: { 200: FactorChallenge },
    handle: ({ principal }) => challengeFactor(deps, holderOf(principal)),
  }),
  defineRoute({
    method: 'POST',
    path: '/me/factor-proof',
    operation: 'proveFactor',
    tag,
    summary: 'Show the second factor once more; the session is replaced',
    description: 'What answers `fresh-factor-required` is permitted for ten minutes after it.',
    access,
    body: FactorProof,
    response: { 200: SignedIn },
    example: { code: '123456' },
    handle: async ({ principal, body }) =>
      signedIn({ ...(await proveFactor(deps, holderOf(principal), body)), secondFactor: 'used' }),
  }),
];
