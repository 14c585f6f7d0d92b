/**
 * Who this device is to which server: keys, certificate chain, the anchors it trusts. A renewed certificate stands beside the
 * old one until it has been used once (security rule on agent certificates: overlap until first use).
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { StateDirectory } from './state-directory.ts';

export interface Credential {
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  /** PEM, leaf first. */
  readonly chain: readonly string[];
  /** ms since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface Identity {
  readonly deviceId: string;
  readonly organization: string;
  /** Where it enrolled. */
  readonly server: string;
  /** Base URL of the agent protocol. */
  readonly gateway: string;
  readonly tlsAnchors: readonly string[];
  readonly deviceRoot: string;
  /** ms since the epoch. */
  readonly enrolledAt: number;
  readonly credential: Credential;
  /** Issued, not used yet. */
  readonly nextCredential?: Credential;
}

const file = 'identity.json';

export async function loadIdentity(state: StateDirectory): Promise<Identity | undefined> {
  const value = await state.readJson(file);
  return isIdentity(value) ? value : undefined;
}

export function saveIdentity(state: StateDirectory, identity: Identity): Promise<void> {
  return state.writeJson(file, identity);
}

/** Keys and certificates go; nothing on this machine can speak as the device any more. */
export function forgetIdentity(state: StateDirectory): Promise<void> {
  return state.remove(file);
}

export function newDeviceKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

export function exportKey(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

function isIdentity(value: unknown): value is Identity {
  const identity = value as Partial<Identity> | undefined;
  return (
    typeof identity === 'object' &&
    identity !== null &&
    typeof identity.deviceId === 'string' &&
    typeof identity.gateway === 'string' &&
    Array.isArray(identity.tlsAnchors) &&
    identity.tlsAnchors.length > 0 &&
    typeof identity.credential?.privateKey === 'string' &&
    Array.isArray(identity.credential.chain)
  );
}
