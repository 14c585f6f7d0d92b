// What the use-cases of this module are handed; each takes the part it uses.
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Notifications } from '../../kernel/notifications.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';
import type { FindOrganization } from '../organizations/index.ts';
import type { KnownBrowsers } from './known-browser.ts';
import type { LocateCredential } from './locate-credential.ts';
import type { PasskeyChallenges } from './passkey-challenges.ts';
import type { Passwords } from './password-hash.ts';

export interface AdministratorDeps {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly notifications: Pick<Notifications, 'publish'>;
  readonly passwords: Passwords;
  readonly locateCredential: LocateCredential;
  readonly findOrganization: FindOrganization;
  readonly knownBrowsers: KnownBrowsers;
  readonly passkeyChallenges: PasskeyChallenges;
  /** Links are made from it, never from a request (HTTP-05). */
  readonly publicUrl: URL;
}
