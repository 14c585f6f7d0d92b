// Who a RADIUS server asks about: the certificate's GUID where there is one, else the hardware address. An address is only claimed,
// a certificate was proved (ISE-08).
import type { RestRequest } from '@gatehouse/protocols/radius/index.ts';
import { isUuid } from '../../../kernel/ids.ts';

export interface Station {
  readonly guid: string | undefined;
  /** 12 hexadecimal digits, upper case. */
  readonly mac: string | undefined;
}

const certificateNames = [
  'TLS-Client-Cert-Common-Name',
  'TLS-Client-Cert-Subject-Alt-Name-Upn',
  'TLS-Client-Cert-Subject-Alt-Name-Dns',
] as const;

export function stationOf(request: RestRequest): Station {
  const named = certificateNames.flatMap((name) => request.get(name) ?? []);
  return {
    guid: named.map(guidIn).find((guid) => guid !== undefined),
    mac: macIn(request.get('Calling-Station-Id')?.[0] ?? ''),
  };
}

/** A bare GUID, or what stands behind the last `GUID:`. */
function guidIn(text: string): string | undefined {
  const bare = text.slice(text.toUpperCase().lastIndexOf('GUID:') + (/GUID:/i.test(text) ? 5 : 1)).trim();
  return isUuid(bare) ? bare.toLowerCase() : undefined;
}

/** `AA-BB-CC-DD-EE-FF`, `aabb.ccdd.eeff`, bare, and with the name of a network behind it. */
function macIn(text: string): string | undefined {
  const found = /^([0-9a-f]{2}(?:[:.-]?[0-9a-f]{2}){5})(?:$|[^0-9a-f])/i.exec(text.trim())?.[1];
  return found?.replaceAll(/[:.-]/g, '').toUpperCase();
}
