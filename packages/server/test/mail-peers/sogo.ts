// SOGo (Debian: sogo, sogo-activesync) as a mail server that is not ours, with what it needs: Dovecot, memcached, a database, and an
// SMTP server that puts mail into the mailboxes. In seconds, on ports that nobody has, beside whatever this machine runs.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePorts } from '../free-ports.ts';
import { MailPeer } from '../mail-peer.ts';
import { openDatabaseDoor } from './database-door.ts';
import { startDovecot } from './dovecot.ts';
import { accountOf, PeerProcess } from './peer-process.ts';

export interface SogoUser {
  readonly user: string;
  readonly password: string;
  readonly email: string;
}

export interface SogoPeer extends AsyncDisposable {
  /** http://127.0.0.1:PORT/SOGo/Microsoft-Server-ActiveSync */
  readonly url: string;
  readonly users: readonly SogoUser[];
  /** What was sent through it, and what was sent to its users. */
  readonly mail: MailPeer;
  /** What sogod has written. */
  output(): string;
}

export interface SogoOptions {
  readonly users: readonly string[];
  readonly domain: string;
  /** Each held Ping or Sync keeps one of them. */
  readonly workers?: number;
}

export async function startSogo({ users: names, domain, workers = 6 }: SogoOptions): Promise<SogoPeer> {
  await using started = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-sogo-'));
  started.defer(() => rmSync(directory, { recursive: true, force: true }));
  chmodSync(directory, 0o711);
  const account = accountOf('sogo');
  const users = names.map((user) => ({
    user,
    password: `${user}-mail-password`,
    email: `${user}@${domain}`,
  }));
  const [databaseDoor, dovecot] = await Promise.all([
    openDatabaseDoor().then((door) => started.use(door)),
    startDovecot(directory, users, account).then((peer) => started.use(peer)),
  ]);
  const mail = await MailPeer.start('127.0.0.1', dovecot.maildirs);
  started.defer(() => mail.stop());
  await databaseDoor.client.query(
    `create table sogo_users (c_uid text primary key, c_name text, c_password text, c_cn text, mail text)`,
  );
  await databaseDoor.client.query(
    `insert into sogo_users select u, u, p, initcap(u) || ' Example', m
     from unnest($1::text[], $2::text[], $3::text[]) as t(u, p, m)`,
    [users.map(({ user }) => user), users.map(({ password }) => password), users.map(({ email }) => email)],
  );

  const [sessions = 0, port = 0] = await freePorts(2);
  const memcached = started.use(
    PeerProcess.start(['memcached', '-l', '127.0.0.1', '-p', String(sessions), '-U', '0', '-m', '32'], {
      as: account,
    }),
  );
  await memcached.listensOn(sessions);
  const home = join(directory, 'sogo');
  mkdirSync(home);
  if (account !== undefined) chownSync(home, account.uid, account.gid);
  const settings = configuration({
    database: databaseDoor.url,
    domain,
    workers,
    port,
    home,
    imap: dovecot.port,
    smtp: mail.url,
    sessions,
  });
  const sogod = started.use(
    // What stands on the command line counts more than /etc/sogo/sogo.conf, which is the machine's.
    PeerProcess.start(
      ['sogod', ...Object.entries(settings).flatMap(([name, value]) => [`-${name}`, value])],
      {
        as: account,
        env: { HOME: home, USER: 'sogo', LOGNAME: 'sogo' },
        // Asked, its watchdog takes its time; without it the workers end at once.
        end: 'KILL',
      },
    ),
  );
  await sogod.listensOn(port);
  const url = `http://127.0.0.1:${port}/SOGo/Microsoft-Server-ActiveSync`;
  await untilItAnswers(url, users[0], () => sogod.output());
  const own = started.move();
  return { url, users, mail, output: () => sogod.output(), [Symbol.asyncDispose]: () => own.disposeAsync() };
}

/** Settings of sogod, in the property list syntax of the command line. */
function configuration(on: {
  readonly database: string;
  readonly domain: string;
  readonly workers: number;
  readonly port: number;
  readonly home: string;
  readonly imap: number;
  readonly smtp: string;
  readonly sessions: number;
}): Record<string, string> {
  const table = (name: string) => `${on.database}/${name}`;
  return {
    SOGoProfileURL: table('sogo_user_profile'),
    OCSFolderInfoURL: table('sogo_folder_info'),
    OCSSessionsFolderURL: table('sogo_sessions_folder'),
    OCSEMailAlarmsFolderURL: table('sogo_alarms_folder'),
    OCSStoreURL: table('sogo_store'),
    OCSAclURL: table('sogo_acl'),
    OCSCacheFolderURL: table('sogo_cache_folder'),
    SOGoUserSources: `({ type = sql; id = directory; viewURL = "${table('sogo_users')}"; canAuthenticate = YES; isAddressBook = YES; displayName = "Test users"; userPasswordAlgorithm = plain; LoginFieldNames = (c_uid, mail); })`,
    SOGoMailDomain: on.domain,
    SOGoIMAPServer: `imap://127.0.0.1:${on.imap}`,
    SOGoMailingMechanism: 'smtp',
    SOGoSMTPServer: on.smtp,
    SOGoForceExternalLoginWithEmail: 'NO',
    SOGoDraftsFolderName: 'Drafts',
    SOGoSentFolderName: 'Sent',
    SOGoTrashFolderName: 'Trash',
    SOGoJunkFolderName: 'Junk',
    SOGoMemcachedHost: `127.0.0.1:${on.sessions}`,
    SOGoTimeZone: 'UTC',
    SOGoLanguage: 'English',
    SOGoMaximumPingInterval: '900',
    SOGoMaximumSyncInterval: '900',
    // seconds between two looks for news while a request is held
    SOGoInternalSyncInterval: '1',
    SOGoMaximumFailedLoginCount: '0',
    WOWorkersCount: String(on.workers),
    WOWatchDogRequestTimeout: '20',
    SxVMemLimit: '1024',
    WOPort: `127.0.0.1:${on.port}`,
    WOPidFile: join(on.home, 'sogo.pid'),
    WOLogFile: '-',
    WONoDetach: 'YES',
  };
}

async function untilItAnswers(url: string, user: SogoUser | undefined, said: () => string): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${user?.user}:${user?.password}`).toString('base64')}`;
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await fetch(url, { method: 'OPTIONS', headers: { authorization } }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.headers.has('ms-asprotocolversions') === true) return;
    if (Date.now() > deadline) throw new Error(`SOGo does not answer: ${said()}`);
    await wait(100);
  }
}
