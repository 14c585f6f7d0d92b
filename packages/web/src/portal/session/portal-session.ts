/**
 * Who is signed in at the portal. As in the console the session is a cookie that no script reads; here is the token that changes
 * need, the person’s details, and until when the password counts as shown.
 */
import type { MyDetails, MySession } from '@gatehouse/contracts/my/session.ts';
import { useSyncExternalStore } from 'react';
import { api, call } from '../../api/call.ts';
import { queryClient } from '../../api/hooks.ts';
import { isApiProblem } from '../../api/problem.ts';
import { proveAgain, readMyDetails, readMySession, signOutOfPortal } from '../operations.ts';

export type PortalState =
  | { readonly state: 'unknown' }
  | { readonly state: 'nobody' }
  | { readonly state: 'unreachable' }
  | { readonly state: 'signed-in'; readonly me: MyDetails }
  /** The page stays as it is, and the sign-in opens over it. */
  | { readonly state: 'ended'; readonly me: MyDetails };

let current: PortalState = { state: 'unknown' };
let provedUntil = 0;
const watchers = new Set<() => void>();
let waiting: PromiseWithResolvers<void> | undefined;

function become(next: PortalState): void {
  current = next;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

export function usePortalSession(): PortalState {
  return useSyncExternalStore(watch, () => current);
}

/** Of pages that only somebody signed in can see. */
export function useMyself(): MyDetails {
  const session = usePortalSession();
  if (session.state !== 'signed-in' && session.state !== 'ended') throw new Error('nobody is signed in');
  return session.me;
}

export async function openPortalSession(): Promise<void> {
  api.root = '/my/api/v1';
  try {
    await begin((await call(readMySession, {})).answer as MySession);
  } catch (error) {
    become({ state: isApiProblem(error) && error.status === 401 ? 'nobody' : 'unreachable' });
  }
  api.signInAgain = askAgain;
  for (const event of ['pointerdown', 'keydown']) addEventListener(event, stir, { passive: true });
}

/** After the server has accepted somebody. */
export async function begin(session: MySession): Promise<void> {
  keep(session);
  const before = current.state === 'ended' ? current.me : undefined;
  const me = (await call(readMyDetails, {})).answer as MyDetails;
  if (before !== undefined && before.email !== me.email) {
    // Somebody else: nothing of what the other saw may stay.
    location.assign('/my/');
    return;
  }
  become({ state: 'signed-in', me });
  waiting?.resolve();
  waiting = undefined;
}

/** What a page reads by itself keeps no session: somebody has to move on it. */
const stirEveryMs = 5 * 60_000;
let stirredAt = Date.now();

function stir(): void {
  if (current.state !== 'signed-in' || Date.now() - stirredAt < stirEveryMs) return;
  stirredAt = Date.now();
  // Should the session have ended meanwhile, the sign-in opens over the page.
  call(readMySession, {}).then(
    ({ answer }) => keep(answer as MySession),
    () => undefined,
  );
}

function keep(session: MySession): void {
  api.csrfToken = session.csrfToken;
  provedUntil = session.provedUntil === null ? 0 : new Date(session.provedUntil).getTime();
}

/** With some seconds to spare: what is sent now must still count when it arrives. */
export const isProved = (now = Date.now()): boolean => provedUntil - 10_000 > now;

/** @throws ApiProblem for a wrong password */
export async function prove(password: string): Promise<void> {
  keep((await call(proveAgain, { body: { password } })).answer as MySession);
}

async function askAgain(): Promise<void> {
  if (current.state === 'nobody' || current.state === 'unknown') throw new Error('nobody was signed in');
  if (current.state === 'signed-in') become({ state: 'ended', me: current.me });
  waiting ??= Promise.withResolvers<void>();
  await waiting.promise;
}

export async function leavePortal(): Promise<void> {
  try {
    await call(signOutOfPortal, {});
  } catch (error) {
    if (!isApiProblem(error) || error.status !== 401) throw error;
  }
  queryClient.clear();
  api.csrfToken = undefined;
  location.assign('/my/');
}
