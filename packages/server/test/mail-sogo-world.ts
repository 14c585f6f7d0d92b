// SOGo behind the gateway: the whole server with an organization whose mail is there, enrolled phones, and mail clients of any make.
import { MailPhone, type MailPhoneOptions } from '@gatehouse/simulators/activesync/index.ts';
import { type AppleJourney, type Comer, openAppleJourney } from './apple-journey-world.ts';
import { type MailFront, startMailFront } from './mail-peers/mail-front.ts';
import { type SogoPeer, startSogo } from './mail-peers/sogo.ts';
import { proxyAddress, type RunningProxy, startProxy } from './security/running-proxy.ts';

export interface ShownMailDevice {
  readonly id: string;
  readonly mailId: string;
  readonly login: string;
  readonly state: string;
  readonly access: string;
  readonly accessReason: string | null;
  readonly deviceId: string | null;
  readonly linkedBy: string | null;
  readonly linkEvidence: readonly string[];
  readonly policy: { readonly version: string | null; readonly acknowledgedVersion: string | null };
  readonly wiped: boolean;
  readonly wipe: { readonly state: string } | null;
  readonly protocolVersion: string | null;
  readonly information: Readonly<Record<string, string>>;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface SogoWorld extends AsyncDisposable {
  readonly sogo: SogoPeer;
  readonly front: MailFront;
  readonly journey: AppleJourney;
  /** nginx before the gateway, as the recipe has it. */
  readonly proxy: RunningProxy;
  /** A mail client of one of SOGo's users that asks the gateway. */
  phone(user: string, options: Partial<MailPhoneOptions> & Pick<MailPhoneOptions, 'make'>): MailPhone;
  /** The mail client of an enrolled phone: its id is the one that its management tells. */
  mailOf(comer: Comer, options?: Partial<MailPhoneOptions>): MailPhone;
  /** What administrators see of it. */
  shown(phone: MailPhone): Promise<ShownMailDevice>;
  /** An administrator lets it in. */
  approve(phone: MailPhone): Promise<void>;
}

/** @param users each has a mailbox at SOGo and is a user of the organization */
export async function openSogoWorld(users: readonly string[]): Promise<SogoWorld> {
  await using started = new AsyncDisposableStack();
  const sogo = started.use(await startSogo({ users, domain: 'mail.example' }));
  const front = started.use(await startMailFront(sogo.url));
  const journey = started.use(
    await openAppleJourney('acme', {
      GATEHOUSE_OUTBOUND_ALLOW: '127.0.0.1',
      GATEHOUSE_TRUSTED_PROXIES: proxyAddress,
      GATEHOUSE_CLIENT_CERTIFICATE_HEADER: 'nginx',
    }),
  );
  const proxy = started.use(await startProxy('nginx', journey.server));
  const { api, server } = journey;
  for (const { email } of sogo.users) await journey.addOwner({ email });
  const { id } = await api<{ id: string }>('POST', '/mail-servers', {
    name: 'SOGo',
    url: `${front.url}/Microsoft-Server-ActiveSync`,
    trust: front.trust,
  });
  await api('POST', `/mail-servers/${id}/assignments`, { targetKind: 'organization' });
  await api('PATCH', '/mail-settings', { strangers: 'quarantine', gatewayHosts: ['localhost'] });

  const phones: MailPhone[] = [];
  const own = started.move();
  const world: SogoWorld = {
    sogo,
    front,
    journey,
    proxy,
    phone(user, options) {
      const account = sogo.users.find((one) => one.user === user);
      if (account === undefined) throw new Error(`SOGo knows no ${user}`);
      const phone = new MailPhone({
        account: { ...account, user: account.email },
        server: `https://localhost:${server.ports.main}`,
        anchors: [server.ca],
        seed: `${user} ${options.make} ${options.atMost}`,
        ...options,
      });
      phones.push(phone);
      return phone;
    },
    mailOf({ owner, device }, options = {}) {
      return world.phone(owner.email.replace(/@.*/, ''), {
        make: 'ios-mail',
        deviceId: Buffer.from(device.mailId ?? '', 'latin1'),
        traits: { model: device.model.product, release: device.systemVersion, build: device.build },
        ...options,
      });
    },
    async shown({ client }) {
      const { items } = await api<{ items: ShownMailDevice[] }>(
        'GET',
        `/mail-devices?mailId=${client.shownDeviceId}`,
      );
      const found = items.find(({ login }) => login === client.account.email);
      if (found === undefined) throw new Error(`the gateway does not know it: ${JSON.stringify(items)}`);
      return found;
    },
    async approve(phone) {
      await api('POST', `/mail-devices/${(await world.shown(phone)).id}/approve`, { reason: 'test' });
    },
    async [Symbol.asyncDispose]() {
      for (const phone of phones) phone.close();
      await own.disposeAsync();
    },
  };
  return world;
}
