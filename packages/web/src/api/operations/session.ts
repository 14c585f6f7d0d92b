import type { Me, MeChanges, SignedIn, SignIn } from '@gatehouse/contracts/admin/session.ts';
import { operation } from '../call.ts';

export const signIn = operation<{ body: SignIn; answer: SignedIn }>()('signIn', 'POST', '/session');
export const readSession = operation<{ answer: SignedIn }>()('readSession', 'GET', '/session');
export const signOut = operation()('signOut', 'DELETE', '/session');
export const readMe = operation<{ answer: Me }>()('readMe', 'GET', '/me');
export const changeMe = operation<{ body: MeChanges; answer: Me }>()('changeMe', 'PATCH', '/me');
