/**
 * A check-in as it travels: gzipped when that helps, and always within what the server takes. The server refuses a body that
 * unpacks to more than 20 times its size (HTTP-12), so what compresses too well is sent as it is.
 */
import { gzipSync } from 'node:zlib';
import { agentLimits, type CheckInRequest } from '@gatehouse/contracts/agent.ts';

export interface PackedBody {
  readonly bytes: Uint8Array;
  readonly encoding?: 'gzip';
}

const smallestWorthPacking = 1024;
/** A little under the server's bound. */
const ratio = agentLimits.unpackedRatio - 2;

/** Cuts the longest lists, and says so in the report, until it fits. */
export function packBody(request: CheckInRequest): PackedBody {
  let fitting = request;
  for (;;) {
    const packed = tryToPack(Buffer.from(JSON.stringify(fitting)));
    if (packed !== undefined) return packed;
    fitting = { ...fitting, scans: fitting.scans.map(halved) };
  }
}

function tryToPack(plain: Buffer): PackedBody | undefined {
  if (plain.length > agentLimits.unpackedBytes) return undefined;
  if (plain.length < smallestWorthPacking) return { bytes: plain };
  const packed = gzipSync(plain, { level: 6 });
  if (packed.length * ratio >= plain.length && packed.length <= agentLimits.checkInBytes) {
    return { bytes: packed, encoding: 'gzip' };
  }
  return plain.length <= agentLimits.checkInBytes ? { bytes: plain } : undefined;
}

function halved(scan: CheckInRequest['scans'][number]): CheckInRequest['scans'][number] {
  const facts = Object.entries(scan.facts).map(([name, value]) => {
    if (!Array.isArray(value) || value.length < 2) return [name, value] as const;
    return [name, value.slice(0, Math.floor(value.length / 2))] as const;
  });
  return { ...scan, facts: Object.fromEntries(facts), truncated: true };
}
