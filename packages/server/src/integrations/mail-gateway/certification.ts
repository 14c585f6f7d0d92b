// Clients that come with a certificate of ours. It says which enrolled device they are and whose that is, so they need no password where the
// mail server takes our word; and whatever else they say of themselves has to agree with it.
import { hash } from 'node:crypto';
import type { MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import { type MailLogin, readMailLogin } from '@gatehouse/core/mail/mail-login.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { canBeSameUser, type MailRequest } from '@gatehouse/protocols/activesync/index.ts';
import type { CertifiedDevice } from '../../modules/mail/index.ts';
import type { MailClients } from './clients.ts';
import type { MailGatewayDeps } from './gateway-deps.ts';
import { proofLifeMs } from './proofs.ts';
import type { Shape, Visit } from './visit.ts';

export interface Certification {
  /** Finds out whose certificate it came with. @returns false: the visit is answered. */
  admit(visit: Visit): Promise<boolean>;
  /** Whom the certificate alone names. undefined: nobody, or the request names somebody else; the visit is answered. */
  loginOf(visit: Visit, request: MailRequest): MailLogin | undefined;
  /** Whether the account is that of the person whose device it is. @returns false: the visit is answered. */
  isOfAccount(visit: Visit, shape: Shape, standing: MailStanding): boolean;
  /** Whether the mail device is that very device. @returns false: the visit is answered. */
  isOfDevice(visit: Visit, shape: Shape, standing: MailStanding): Promise<boolean>;
  /** Of a request that is held: whether what it came with holds still. */
  stillHolds(visit: Visit): Promise<boolean>;
}

interface Remembered {
  readonly device: CertifiedDevice;
  readonly at: number;
}

const mostRemembered = 20_000;

export function createCertification({
  books,
  clients,
  clock,
  log,
}: Pick<MailGatewayDeps, 'books' | 'clock' | 'log'> & { readonly clients: MailClients }): Certification {
  /** What was said of a certificate a moment ago: good for nothing but the use of a grant while nothing can be asked. */
  const remembered = new Map<string, Remembered>();

  function remember(device: CertifiedDevice): void {
    remembered.delete(device.fingerprint);
    remembered.set(device.fingerprint, { device, at: clock.now() });
    if (remembered.size <= mostRemembered) return;
    for (const stalest of remembered.keys()) {
      remembered.delete(stalest);
      break;
    }
  }

  function refuse(visit: Visit, error: string): false {
    visit.error = error;
    visit.answer('blocked', 403);
    return false;
  }

  return {
    async admit(visit) {
      const { certificate } = visit;
      if (certificate === undefined) return true;
      try {
        visit.certified = await books.certify(certificate);
        remember(visit.certified);
        return true;
      } catch (error) {
        if (isDomainError(error, 'unauthenticated')) {
          remembered.delete(hash('sha256', certificate));
          return refuse(visit, 'The certificate of the client is not accepted');
        }
        if (!isDomainError(error, 'unavailable'))
          log.warn({ err: error }, 'a certificate cannot be looked up');
        const known = remembered.get(hash('sha256', certificate));
        const now = clock.now();
        if (known === undefined || now < known.at || now - known.at >= proofLifeMs) {
          visit.later('undecided', 15);
          return false;
        }
        visit.certified = known.device;
        visit.isBlind = true;
        return true;
      }
    },

    loginOf(visit, request) {
      const { user } = visit.certified ?? { user: null };
      const login = user === null ? undefined : readMailLogin(user.email);
      if (user === null || login === undefined) {
        refuse(visit, 'The certificate is of a device that is nobody’s');
        return undefined;
      }
      const named = request.kind === 'command' ? request.user : request.device?.user;
      if (named !== undefined && !canBeSameUser(named, user.email) && !canBeSameUser(named, user.userName)) {
        refuse(visit, 'The certificate is of another person’s device');
        return undefined;
      }
      return login;
    },

    isOfAccount(visit, { organizationId }, standing) {
      const { certified } = visit;
      if (certified === undefined) return true;
      const isTheirs =
        certified.organizationId === organizationId &&
        certified.user !== null &&
        certified.user.userId === standing.user?.userId;
      return isTheirs || refuse(visit, 'The certificate is of another person’s device');
    },

    async isOfDevice(visit, { client, organizationId }, standing) {
      const { certified } = visit;
      if (certified === undefined || standing.mailDevice === null) return true;
      if (standing.link?.deviceId === certified.deviceId) return true;
      // By a grant nothing is written; what was let through was linked then.
      const isIts =
        !visit.isBlind &&
        (await books.linkCertified(organizationId, standing.mailDevice.mailDeviceId, certified.deviceId));
      if (!isIts) return refuse(visit, 'The certificate is of another device than the one that the id names');
      clients.forget(client);
      await clients.read(client);
      return true;
    },

    async stillHolds({ certificate }) {
      if (certificate === undefined) return true;
      try {
        await books.certify(certificate);
        return true;
      } catch (error) {
        if (!isDomainError(error, 'unauthenticated')) throw error;
        return false;
      }
    },
  };
}
