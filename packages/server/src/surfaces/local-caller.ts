// Who calls over the local socket (ADM-24). The socket lies in a directory that only the server's user and root may
// enter; the caller names a fresh, empty file there, whose owner is the caller's user. So the audit record says which user
// of the machine it was.
import { lstatSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';

const maxAgeMilliseconds = 60_000;

/** @throws DomainError `unauthenticated` unless the file proves the server's own user or root. */
export function localCaller(runDirectory: string, name: string | undefined, now: number): Principal {
  if (name === undefined || !/^caller-[0-9a-f]{32}$/.test(name)) {
    throw new DomainError('unauthenticated', 'Local calls name a file of the caller in Gatehouse-Caller');
  }
  const path = join(runDirectory, name);
  let owner: number;
  try {
    const file = lstatSync(path);
    unlinkSync(path);
    if (!file.isFile() || file.nlink !== 1 || file.size !== 0 || now - file.ctimeMs > maxAgeMilliseconds) {
      throw new Error('not a fresh file');
    }
    owner = file.uid;
  } catch {
    throw new DomainError('unauthenticated', 'The caller’s file is not there, or not fresh');
  }
  if (owner !== 0 && owner !== process.getuid?.()) {
    throw new DomainError('forbidden', 'Only the server’s own user and root may use the local socket');
  }
  return {
    kind: 'local',
    id: String(owner),
    organizationId: null,
    label: `user ${owner} of the server's machine`,
    role: 'system-admin',
    permissions: new Set(permissions),
    empoweredAt: null,
  };
}
