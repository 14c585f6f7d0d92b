/** A phone, tablet or Mac of the demonstration that its system's own protocol manages: enrolled by the page, called by push. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { seededRandom } from '../agent/index.ts';
import {
  type AppleDeviceEvent,
  type AppleFamily,
  downloadProfile,
  meets,
  newAppleDevice,
  obtainCertificate,
  passcodeRules,
  SimulatedAppleDevice,
} from '../apple/index.ts';
import type { SimulatedApns } from '../apns/index.ts';
import type { LocalApi } from '../operator/local-api.ts';
import { emailOf, type Employee } from './company.ts';
import type { MailSide } from './mail-side.ts';
import { carryMail, type MailbagOptions } from './mailbag.ts';
import type { Narrator } from './narrator.ts';

/** Until somebody sets an erased or abandoned device up again. */
const pauseAfterLeavingMs = 60_000;
const pauseAfterFailureMs = 10_000;

/** How often people look at their devices. */
const attentionMs = [8_000, 30_000] as const;
const bringsRules: ReadonlySet<string> = new Set(['DeclarativeManagement', 'InstallProfile']);

export interface Pocket {
  readonly label: string;
  readonly simulated: SimulatedAppleDevice;
  /** Resolves once `signal` ends it. */
  live(signal: AbortSignal): Promise<void>;
}

export interface PocketOptions {
  readonly folder: string;
  readonly employee: Employee;
  readonly family: AppleFamily;
  readonly ownership: 'corporate' | 'personal';
  readonly api: LocalApi;
  readonly apns: SimulatedApns;
  /** PEM: the server's own authority. */
  readonly anchor: string;
  readonly narrator: Narrator;
  /** undefined: there is no mail. */
  readonly mail: MailSide | undefined;
}

const words: Readonly<Record<AppleFamily, string>> = {
  iphone: 'iPhone',
  ipad: 'iPad',
  mac: 'MacBook',
  'apple-tv': 'Apple TV',
  vision: 'Vision Pro',
};

export function openPocket({
  folder,
  employee,
  family,
  ownership,
  api,
  apns,
  anchor,
  narrator,
  mail,
}: PocketOptions): Pocket {
  const [firstName] = employee.name.split(' ');
  const name = `${firstName}’s ${words[family]}`;
  const file = join(folder, `${name.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.json`);
  const device = newAppleDevice(`demo ${name}`, { family, name, supervised: ownership === 'corporate' });
  let left: () => void = () => undefined;
  /** Rules may have come that the owner has not looked at yet. */
  let minded = false;

  const simulated = new SimulatedAppleDevice({
    device,
    anchors: [anchor],
    obtainCertificate,
    onEvent: (event) => {
      if (event.kind === 'token') listen();
      if (event.kind === 'left') left();
      if (event.kind === 'carried-out' && bringsRules.has(event.requestType)) minded = true;
      const line = describe(event);
      if (line !== undefined) narrator.tell(`${name}: ${line}`);
    },
  });

  function listen(): void {
    const { push, enrolment } = device;
    if (enrolment === null) return;
    apns.register({
      token: push.token,
      topic: enrolment.topic,
      deliver: (magic) =>
        void simulated
          .pushed(magic)
          // The server may be restarting; it calls again.
          .catch((error: unknown) => narrator.tell(`${name}: ${(error as Error).message}`)),
    });
  }

  /** From where it was enrolled its mail comes, too: there is one address. */
  async function enrol(): Promise<string> {
    const former = deviceIdIn(file);
    const ask = (replacesDeviceId?: string) =>
      api.request<{ page: string; oneTimePassword: string }>('POST', '/enrollments', {
        user: emailOf(employee),
        platform: family === 'mac' ? 'macos' : 'ios',
        ownership,
        ...(replacesDeviceId === undefined ? {} : { replacesDeviceId }),
      });
    // An administrator may have removed the old record for good; then the device is a new one.
    const ticket = await ask(former).catch(() => ask());
    await simulated.installProfile(await downloadProfile({ ...ticket, anchors: [anchor] }));
    const gateway = new URL(ticket.page).origin;
    mail?.gateway.resolve(gateway);
    const certificate = device.enrolment?.identity.certificate;
    if (certificate === undefined) return gateway;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify({ deviceId: parseCertificate(certificate).subject.commonName }), {
      mode: 0o600,
    });
    return gateway;
  }

  /** By the id that its management tells of, so that both are known as one. Resolves once `signal` ends it. */
  async function carry(gateway: string, signal: AbortSignal): Promise<void> {
    const { mailId, model, systemVersion, build } = device;
    if (mail === undefined || mailId === null) return;
    const options: MailbagOptions = {
      label: name,
      narrator,
      make: family === 'ipad' ? 'ipad-mail' : 'ios-mail',
      account: mail.accountOf(employee),
      server: gateway,
      anchors: [anchor],
      seed: `demo ${name}`,
      deviceId: Buffer.from(mailId, 'latin1'),
      traits: { model: model.product, release: systemVersion, build, friendlyName: name },
    };
    await carryMail(options, signal);
  }

  /** People change a passcode when their device asks for it, but not at once; now and then one takes it off. */
  async function mind(signal: AbortSignal): Promise<void> {
    const random = seededRandom(`mind ${name}`);
    while (!signal.aborted) {
      await sleep(random.integer(...attentionMs), undefined, { signal }).catch(() => undefined);
      if (signal.aborted || !simulated.isEnrolled) continue;
      const rules = passcodeRules(device);
      const isFine = meets(device.passcode, rules);
      if (isFine && !(device.passcode !== null && random.chance(0.05))) continue;
      if (!isFine && !minded) continue;
      device.passcode = isFine ? null : random.text(Math.max(6, rules.minimumLength), '0123456789');
      minded = true;
      narrator.tell(
        `${name}: ${isFine ? 'the passcode was taken off' : 'the passcode was changed as demanded'}`,
      );
      await simulated.declarative.report(false).catch(() => undefined);
    }
  }

  return {
    label: name,
    simulated,
    async live(signal) {
      void mind(signal);
      while (!signal.aborted) {
        try {
          const gone = new Promise<void>((resolve) => {
            left = resolve;
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
          const gateway = await enrol();
          const managed = new AbortController();
          const carried = carry(gateway, managed.signal);
          await gone;
          managed.abort();
          await carried;
          await sleep(pauseAfterLeavingMs, undefined, { signal });
        } catch (error) {
          if (signal.aborted) break;
          narrator.tell(`${name}: ${(error as Error).message}`);
          await sleep(pauseAfterFailureMs, undefined, { signal }).catch(() => undefined);
        }
      }
      await simulated.close();
    },
  };
}

function deviceIdIn(file: string): string | undefined {
  try {
    const { deviceId } = JSON.parse(readFileSync(file, 'utf8')) as { deviceId?: unknown };
    return typeof deviceId === 'string' ? deviceId : undefined;
  } catch {
    return undefined;
  }
}

function describe(event: AppleDeviceEvent): string | undefined {
  switch (event.kind) {
    case 'enrolled':
      return 'enrolled';
    case 'left':
      return `is no longer managed: ${event.why}`;
    case 'carried-out':
      return `${event.requestType} ${event.status}${event.error === undefined ? '' : `: ${event.error}`}`;
    default:
      return undefined;
  }
}
