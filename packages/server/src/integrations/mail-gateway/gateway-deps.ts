// What the gateway needs of the rest of the server: what is known and remembered about mail, in words of the domain.
import type { MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import type { MailLogin } from '@gatehouse/core/mail/mail-login.ts';
import type { PolicyOutcome } from '@gatehouse/core/mail/mail-device.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import type {
  CertifyMailClient,
  Discovery,
  MailDeviceInformation,
  MailQuestion,
  MailServerProfile,
  MailTrafficSums,
  SeenMailDevice,
} from '../../modules/mail/index.ts';
import type { StandIn } from './stand-in-port.ts';

export interface MailBooks {
  /** @param host to which the client came, without a port. */
  organizationOf(login: MailLogin | undefined, host: string): Promise<string | undefined>;
  /** Rejects when the database does not answer. */
  standingOf(organizationId: string, question: MailQuestion): Promise<MailStanding>;
  /** Ids under which news come that change a standing. */
  concernsOf(organizationId: string, standing: MailStanding): readonly string[];
  onNews(listener: (id: string) => void): () => void;
  readServer(organizationId: string, serverId: string): Promise<MailServerProfile | undefined>;
  discover(organizationId: string, seen: SeenMailDevice): Promise<Discovery>;
  /** Whose certificate this is, at this moment. @throws CertificateRefused; anything else: the database does not answer. */
  readonly certify: CertifyMailClient;
  /** Whether the mail device is the enrolled one whose certificate it came with. */
  linkCertified(organizationId: string, mailDeviceId: string, deviceId: string): Promise<boolean>;
  issuePolicyKey(organizationId: string, mailDeviceId: string, version: string): Promise<number | undefined>;
  acknowledgePolicy(
    organizationId: string,
    mailDeviceId: string,
    acknowledged: { readonly temporaryKey: number; readonly outcome: PolicyOutcome },
  ): Promise<number | undefined>;
  recordInformation(
    organizationId: string,
    mailDeviceId: string,
    information: MailDeviceInformation,
  ): Promise<void>;
  /** The client was told of the wipe that it has to do. False: there is nothing to do any more. */
  wipeFetched(organizationId: string, mailDeviceId: string): Promise<boolean>;
  /** What it says became of it. */
  wipeAnswered(organizationId: string, mailDeviceId: string, done: boolean): Promise<void>;
  /** The mail server wants it wiped; whether it is, is ours to decide (EAS-T11). */
  wipeWanted(
    organizationId: string,
    mailDeviceId: string,
    by: { readonly serverId: string; readonly kind: 'device' | 'account' },
  ): Promise<unknown>;
  /** It asks for the same again and again. */
  noteLoop(
    organizationId: string,
    mailDeviceId: string,
    loop: { readonly command: string; readonly times: number; readonly withinMs: number },
  ): Promise<void>;
  noteTraffic(organizationId: string, sums: MailTrafficSums): Promise<void>;
}

export interface MailGatewayDeps {
  readonly books: MailBooks;
  readonly standIn: StandIn;
  readonly clock: Clock;
  readonly log: Log;
}
