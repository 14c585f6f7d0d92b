/**
 * What Apple does in the demonstration: a simulated APNs, whose authority is made anew each time and left where the server finds
 * it at its start, and the push certificate of the company, which is renewed under it.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SimulatedApns, startSimulatedApns } from '../apns/index.ts';
import type { LocalApi } from '../operator/local-api.ts';

/** Where `npm start -- --demo` looks for what the server is to trust. */
export const trustFileIn = (dataDirectory: string): string => join(dataDirectory, 'demo', 'apns-trust.pem');

/** Always the same, because devices are bound to it. */
const topic = 'com.apple.mgmt.External.6f0d2c1a-0000-4000-8000-00000000de30';

export async function openAppleSide(dataDirectory: string, port: number): Promise<SimulatedApns> {
  const apns = await startSimulatedApns({ port, keepReceived: false });
  mkdirSync(join(dataDirectory, 'demo'), { recursive: true, mode: 0o700 });
  const file = trustFileIn(dataDirectory);
  writeFileSync(file, apns.authority.trust, { mode: 0o600 });
  chmodSync(file, 0o600);
  return apns;
}

/** Under the authority of this time; the topic stays, so enrolled devices do too. */
export async function renewPushCertificate(api: LocalApi, { authority }: SimulatedApns): Promise<void> {
  const { certificate, key } = authority.issuePushCertificate({ topic });
  await api.request('PUT', '/apple/push-certificate', { certificate, key, account: 'it@demo.example' });
}
