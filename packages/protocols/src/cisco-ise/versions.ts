/** Versions of the Cisco ISE external-MDM API and how one is agreed on. */
import { DecodeError } from '../decode-error.ts';

export const apiVersions = [1, 2, 3] as const;
export type ApiVersion = (typeof apiVersions)[number];

export const highestVersion: ApiVersion = 3;

/**
 * From `ise_api_version`, the highest version ISE knows, to what we answer: the lower of the two. That satisfies the wording of
 * version 2 (the server's highest) and of version 3 (equal to or lower than asked). No parameter means a client of version 1.
 */
export function negotiateVersion(asked: string | undefined): ApiVersion {
  if (asked === undefined || asked === '') return 1;
  if (!/^\d{1,4}$/.test(asked) || Number(asked) < 1) {
    throw new DecodeError('ise_api_version is not a version number', { path: 'ise_api_version' });
  }
  return toApiVersion(Math.min(Number(asked), highestVersion));
}

export function toApiVersion(value: number): ApiVersion {
  const version = apiVersions.find((candidate) => candidate === value);
  if (version === undefined) throw new DecodeError(`unknown API version ${value}`, { path: 'api_version' });
  return version;
}
