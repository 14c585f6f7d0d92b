// The whole server, a simulated APNs, and simulated Apple devices that come in by the enrolment page: nothing between them is
// scripted. Devices are woken by pushes, as real ones are.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SimulatedApns, startSimulatedApns } from '@gatehouse/simulators/apns/index.ts';
import {
  type AppleDeviceEvent,
  type DeviceOptions,
  type DeviceState,
  downloadProfile,
  newAppleDevice,
  obtainCertificate,
  SimulatedAppleDevice,
} from '@gatehouse/simulators/apple/index.ts';
import { parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { type ComposedServer, composeServer } from './security/composed-server.ts';

export const topic = 'com.apple.mgmt.External.3a5c0f6e-1111-4222-8333-944455556666';

export interface Comer {
  readonly simulated: SimulatedAppleDevice;
  readonly device: DeviceState;
  readonly events: AppleDeviceEvent[];
  /** Errors of conversations that pushes began. */
  readonly troubles: unknown[];
}

export interface AppleJourney extends AsyncDisposable {
  readonly server: ComposedServer;
  readonly apns: SimulatedApns;
  /** A device of the organization’s user that has come in by the page. */
  enrol(options?: EnrolOptions): Promise<Comer>;
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** The id under which the server knows the device, from its certificate. */
  idOf(comer: Comer): string | undefined;
  /** Waits until something holds, as somebody who watches would; at most ten seconds. */
  until<T>(what: string, look: () => Promise<T | undefined | false> | T | undefined | false): Promise<T>;
}

export interface EnrolOptions extends DeviceOptions {
  readonly seed?: string;
  readonly ownership?: 'corporate' | 'personal';
  readonly platform?: 'ios' | 'macos';
}

export async function openAppleJourney(slug = 'acme'): Promise<AppleJourney> {
  const apns = await startSimulatedApns();
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-apns-trust-'));
  const trust = join(folder, 'trust.pem');
  writeFileSync(trust, apns.authority.trust);
  const server = await composeServer({
    env: { GATEHOUSE_APNS_URL: apns.url.href, GATEHOUSE_APNS_CA: trust },
  });
  await server.addOrganization(slug);
  const comers: Comer[] = [];

  async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await server.operate(method, path, body, slug);
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${answer.body}`);
    return (answer.body === '' ? undefined : answer.json()) as T;
  }

  const issued = apns.authority.issuePushCertificate({ topic });
  await api('PUT', '/apple/push-certificate', { certificate: issued.certificate, key: issued.key });

  const journey: AppleJourney = {
    server,
    apns,
    api,
    async enrol({
      seed = `device ${comers.length}`,
      ownership = 'corporate',
      platform = 'ios',
      ...options
    } = {}) {
      const email = `owner-${comers.length}@${slug}.example`;
      await api('POST', '/users', { email });
      const ticket = await api<{ page: string; oneTimePassword: string }>('POST', '/enrollments', {
        user: email,
        platform,
        ownership,
      });
      const device = newAppleDevice(seed, { family: platform === 'macos' ? 'mac' : 'iphone', ...options });
      const comer: Comer = { device, events: [], troubles: [], simulated: undefined as never };
      const simulated = new SimulatedAppleDevice({
        device,
        anchors: [server.ca],
        obtainCertificate,
        onEvent: (event) => {
          if (event.kind === 'token') listen(comer);
          else comer.events.push(event);
        },
      });
      (comer as { simulated: SimulatedAppleDevice }).simulated = simulated;
      comers.push(comer);
      await simulated.installProfile(await downloadProfile({ ...ticket, anchors: [server.ca] }));
      return comer;
    },
    idOf({ device }) {
      const certificate = device.enrolment?.identity.certificate;
      return certificate && parseCertificate(certificate).subject.commonName;
    },
    async until(what, look) {
      const end = Date.now() + 10_000;
      for (;;) {
        const seen = await look();
        if (seen !== undefined && seen !== false) return seen as never;
        if (Date.now() > end) throw new Error(`in vain: ${what}`);
        await sleep(50);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const { simulated } of comers) await simulated.close();
      await server[Symbol.asyncDispose]();
      await apns.close();
      rmSync(folder, { recursive: true });
    },
  };

  function listen(comer: Comer): void {
    const { push, enrolment } = comer.device;
    if (enrolment === null) return;
    apns.register({
      token: push.token,
      topic: enrolment.topic,
      deliver: (magic) =>
        void comer.simulated.pushed(magic).catch((error: unknown) => comer.troubles.push(error)),
    });
  }

  return journey;
}
