// Dovecot for tests: the mailboxes (Maildirs) behind SOGo, by IMAP on the loopback address.
import { once } from 'node:events';
import { mkdirSync, chmodSync, chownSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from '../free-ports.ts';
import { PeerProcess, type RunAs } from './peer-process.ts';

export interface Mailbox {
  readonly user: string;
  readonly password: string;
}

export interface Dovecot extends AsyncDisposable {
  readonly port: number;
  /** Each user's mail is in MAILDIRS/USER/Maildir. */
  readonly maildirs: string;
}

const folders = { Drafts: 'Drafts', Sent: 'Sent', Trash: 'Trash', Junk: 'Junk' };

export async function startDovecot(
  directory: string,
  mailboxes: readonly Mailbox[],
  owner: RunAs,
): Promise<Dovecot> {
  const maildirs = join(directory, 'mail');
  const own = (path: string) => {
    mkdirSync(path, { recursive: true });
    if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
  };
  for (const { user } of mailboxes)
    for (const part of ['', 'Maildir', 'Maildir/cur', 'Maildir/new', 'Maildir/tmp'])
      own(join(maildirs, user, part));
  const users = join(directory, 'dovecot-users');
  writeFileSync(users, mailboxes.map(({ user, password }) => `${user}:{PLAIN}${password}\n`).join(''));
  chmodSync(users, 0o644);
  const [port = 0] = await freePorts(1);
  const config = join(directory, 'dovecot.conf');
  writeFileSync(config, configuration({ directory, maildirs, users, port, owner }));
  const dovecot = PeerProcess.start(['dovecot', '-F', '-c', config]);
  await dovecot.listensOn(port);
  await Promise.all(mailboxes.map((mailbox) => askForModificationSequences(port, mailbox)));
  return { port, maildirs, [Symbol.asyncDispose]: () => dovecot[Symbol.asyncDispose]() };
}

function configuration({
  directory,
  maildirs,
  users,
  port,
  owner,
}: {
  readonly directory: string;
  readonly maildirs: string;
  readonly users: string;
  readonly port: number;
  readonly owner: RunAs;
}): string {
  const uid = owner?.uid ?? process.getuid?.() ?? 0;
  const gid = owner?.gid ?? process.getgid?.() ?? 0;
  const special = Object.entries(folders)
    .map(([name, use]) => `mailbox ${name} {\n special_use = \\${use}\n auto = subscribe\n }`)
    .join('\n');
  return `
base_dir = ${directory}/dovecot-run
state_dir = ${directory}/dovecot-state
log_path = /dev/stderr
listen = 127.0.0.1
protocols = imap
ssl = no
disable_plaintext_auth = no
auth_username_format = %n
auth_mechanisms = plain login
# a client that asks with a wrong password is answered at once: the tests do so on purpose
auth_failure_delay = 0
mail_location = maildir:${maildirs}/%n/Maildir
first_valid_uid = 1
# each worker of SOGo keeps connections of each user
mail_max_userip_connections = 1000
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%n ${users}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${maildirs}/%n
}
namespace inbox {
  inbox = yes
  separator = /
${special}
}
service imap-login {
  inet_listener imap {
    address = 127.0.0.1
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
`;
}

/**
 * Dovecot tells HIGHESTMODSEQ only once a client has asked for modification sequences in that mailbox, and SOGo, which builds its
 * sync keys of it, does not ask: it would answer with the key -1 and no mail.
 */
async function askForModificationSequences(port: number, { user, password }: Mailbox): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const lines = createInterface({ input: socket });
  const answers = lines[Symbol.asyncIterator]();
  await once(socket, 'connect');
  const say = async (command: string) => {
    socket.write(`a ${command}\r\n`);
    for (;;) {
      const { value, done } = await answers.next();
      if (done === true) throw new Error(`Dovecot hung up on ${command}`);
      if (value.startsWith('a ')) {
        if (!value.startsWith('a OK')) throw new Error(`Dovecot: ${value}`);
        return;
      }
    }
  };
  await say(`LOGIN ${user} ${password}`);
  for (const folder of ['INBOX', ...Object.keys(folders)]) await say(`SELECT ${folder} (CONDSTORE)`);
  await say('LOGOUT');
  socket.destroy();
}
