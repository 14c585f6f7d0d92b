/**
 * Who is signed in on this page. The session itself is a cookie that no script reads; here is only what belongs to it: the
 * token that changes need, and what one may do.
 */
import type { Me, SignedIn } from '@gatehouse/contracts/admin/session.ts';
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import { useSyncExternalStore } from 'react';
import { api, call } from '../api/call.ts';
import { queryClient } from '../api/hooks.ts';
import { readMe, readSession, signOut } from '../api/operations/session.ts';
import { askForFactor } from './show-factor.tsx';
import { isApiProblem } from '../api/problem.ts';
import { chooseLanguage, currentLanguage } from '../language/texts.ts';
import { goLive, stopLive } from '../live/live-events.ts';

export interface SignedInPerson {
  readonly me: Me;
  readonly permissions: ReadonlySet<string>;
  readonly secondFactor: SignedIn['secondFactor'];
  /** When this page learned that some of them were taken away, milliseconds. */
  readonly lostRightsAt?: number;
}

export type SessionState =
  | { readonly state: 'unknown' }
  | { readonly state: 'nobody' }
  | { readonly state: 'unreachable' }
  | { readonly state: 'signed-in'; readonly person: SignedInPerson }
  /** The page stays as it is, and the sign-in opens over it. */
  | { readonly state: 'ended'; readonly person: SignedInPerson };

let current: SessionState = { state: 'unknown' };
const watchers = new Set<() => void>();
let waiting: { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } | undefined;

const organizationKey = 'gatehouse-organization';

function become(next: SessionState): void {
  current = next;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

export function useSession(): SessionState {
  return useSyncExternalStore(watch, () => current);
}

/** Of pages that only somebody signed in can see. */
export function useMe(): SignedInPerson {
  const session = useSession();
  if (session.state !== 'signed-in' && session.state !== 'ended') throw new Error('nobody is signed in');
  return session.person;
}

export type May = (permission: Permission) => boolean;

export function useMay(): May {
  const { permissions } = useMe();
  return (permission) => permissions.has(permission);
}

/** Looks who is signed in; at the start of a page. */
export async function openSession(): Promise<void> {
  api.organization = sessionStorage.getItem(organizationKey) ?? undefined;
  try {
    const { answer } = await call(readSession, {});
    if (answer === undefined) throw new Error('the session has no answer');
    await begin(answer as SignedIn);
  } catch (error) {
    become({ state: isApiProblem(error) && error.status === 401 ? 'nobody' : 'unreachable' });
  }
  api.signInAgain = askAgain;
  api.showFactor = askForFactor;
  api.refused = () => void refreshRights().catch(() => undefined);
}

/** After the server has accepted somebody. */
export async function begin(signedIn: SignedIn): Promise<void> {
  api.csrfToken = signedIn.csrfToken;
  const before = current.state === 'ended' ? current.person.me : undefined;
  const me = (await call(readMe, {})).answer as Me;
  if (before !== undefined && before.id !== me.id) {
    // Somebody else: nothing of what the other saw may stay.
    location.reload();
    return;
  }
  const { language } = me;
  if (language !== undefined && language !== null && language !== currentLanguage())
    await chooseLanguage(language);
  become({
    state: 'signed-in',
    person: { me, permissions: new Set(me.permissions), secondFactor: signedIn.secondFactor },
  });
  stopLive();
  if (
    me.permissions.includes('events.read') &&
    (me.organizationId !== undefined || api.organization !== undefined)
  )
    goLive();
  waiting?.resolve();
  waiting = undefined;
}

/** What one may do is read anew: after a refusal, which may say that it has changed. */
async function refreshRights(): Promise<void> {
  if (current.state !== 'signed-in') return;
  const { person } = current;
  const me = (await call(readMe, {})).answer as Me;
  const permissions = new Set<string>(me.permissions);
  const lost = [...person.permissions].some((permission) => !permissions.has(permission));
  become({
    state: 'signed-in',
    person: { ...person, me, permissions, ...(lost ? { lostRightsAt: Date.now() } : {}) },
  });
}

async function askAgain(): Promise<void> {
  if (current.state === 'nobody' || current.state === 'unknown') throw new Error('nobody was signed in');
  if (current.state === 'signed-in') become({ state: 'ended', person: current.person });
  if (waiting === undefined) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting = { promise, resolve, reject };
  }
  await waiting.promise;
}

export async function leave(): Promise<void> {
  try {
    await call(signOut, {});
  } catch (error) {
    if (!isApiProblem(error) || error.status !== 401) throw error;
  }
  stopLive();
  queryClient.clear();
  sessionStorage.removeItem(organizationKey);
  api.csrfToken = undefined;
  api.organization = undefined;
  location.assign(location.pathname.startsWith('/my') ? '/my/' : '/console/');
}

/** For operators: which organization they act in from now on; undefined: in none. The page begins anew. */
export function enterOrganization(slug: string | undefined): void {
  if (slug === undefined) sessionStorage.removeItem(organizationKey);
  else sessionStorage.setItem(organizationKey, slug);
  location.assign('/console/');
}
