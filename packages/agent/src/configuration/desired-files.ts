/**
 * Which files would make this machine obey the policy settings (POL-09 has already resolved them). Pure: settings and what
 * the machine has in, files out. What Linux offers no drop-in file for is named as not enforceable, so that a person can do
 * it by hand and nobody believes it done.
 */
export interface MachineAbilities {
  /** PAM really asks pam_pwquality. */
  readonly pwquality: boolean;
  /** A desktop that reads dconf is installed. */
  readonly dconf: boolean;
  /** The dconf profile for users exists, with the system databases it names. */
  readonly dconfProfile: { readonly databases: readonly string[] } | undefined;
  /** No desktop at all: an idle console is what must lock. */
  readonly consoleOnly: boolean;
  /** Seconds after which idle consoles end already, by somebody else's doing. */
  readonly consoleTimeout: number | undefined;
}

export interface DesiredProfile {
  readonly id: string;
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly content: string }[];
}

export interface Desired {
  readonly profiles: readonly DesiredProfile[];
  /** Settings that are demanded and cannot be put in force from here. */
  readonly unenforceable: readonly string[];
}

type Settings = Readonly<Record<string, boolean | number | string>>;

/** Every login shell reads it. */
export const consoleScript = '/etc/profile.d/gatehouse-timeout.sh';

export const dconfProfilePath = '/etc/dconf/profile/user';

const heading =
  '# Written by Gatehouse. Removed when the policy is no longer assigned; changes are overwritten.\n';

export function desiredConfiguration(settings: Settings, machine: MachineAbilities): Desired {
  const profiles: DesiredProfile[] = [];
  const unenforceable: string[] = [];

  const length = positive(settings['passcode.minimum-length']);
  const classes = positive(settings['passcode.minimum-classes']);
  if (length !== undefined || classes !== undefined) {
    if (machine.pwquality) profiles.push(passcodeProfile(length, classes));
    else {
      if (length !== undefined) unenforceable.push('passcode.minimum-length');
      if (classes !== undefined) unenforceable.push('passcode.minimum-classes');
    }
  }
  // Neither has a drop-in file: PASS_MAX_DAYS holds for new accounts only, and pam_pwhistory must stand in the stack.
  for (const name of ['passcode.maximum-age-days', 'passcode.history']) {
    if (positive(settings[name]) !== undefined) unenforceable.push(name);
  }

  const idle = positive(settings['screen-lock.maximum-inactivity-seconds']);
  if (settings['screen-lock.required'] === true || idle !== undefined) {
    const seconds = idle ?? defaultInactivitySeconds;
    if (machine.consoleOnly) {
      // A read-only TMOUT cannot be set a second time.
      if (machine.consoleTimeout === undefined) profiles.push(consoleProfile(seconds));
      else if (machine.consoleTimeout > seconds) unenforceable.push('screen-lock.maximum-inactivity-seconds');
    } else if (machine.dconf) profiles.push(desktopProfile(seconds, machine.dconfProfile));
    else unenforceable.push('screen-lock.required');
  }
  return { profiles, unenforceable };
}

/** When a lock is required and no time is named. */
const defaultInactivitySeconds = 900;

function passcodeProfile(length: number | undefined, classes: number | undefined): DesiredProfile {
  const lines = [
    length === undefined ? '' : `minlen = ${length}\n`,
    // Positive credits would let shorter passwords pass.
    length === undefined
      ? ''
      : ['dcredit', 'ucredit', 'lcredit', 'ocredit'].map((name) => `${name} = 0\n`).join(''),
    classes === undefined ? '' : `minclass = ${classes}\n`,
    'enforcing = 1\n',
  ];
  return {
    id: 'gatehouse.passcode',
    name: 'Passcode rules',
    files: [{ path: '/etc/security/pwquality.conf.d/90-gatehouse.conf', content: heading + lines.join('') }],
  };
}

/** GNOME and its kin start the lock when the session is idle; the delay is shut so that idle time is all there is. */
function desktopProfile(seconds: number, profile: MachineAbilities['dconfProfile']): DesiredProfile {
  const database = profile?.databases[0] ?? 'local';
  const keys: readonly (readonly [schema: string, key: string, value: string])[] = [
    ['org/gnome/desktop/session', 'idle-delay', `uint32 ${seconds}`],
    ['org/gnome/desktop/screensaver', 'lock-enabled', 'true'],
    ['org/gnome/desktop/screensaver', 'lock-delay', 'uint32 0'],
    ['org/cinnamon/desktop/session', 'idle-delay', `uint32 ${seconds}`],
    ['org/cinnamon/desktop/screensaver', 'lock-enabled', 'true'],
    ['org/cinnamon/desktop/screensaver', 'lock-delay', 'uint32 0'],
    ['org/mate/session', 'idle-delay', String(Math.max(1, Math.floor(seconds / 60)))],
    ['org/mate/screensaver', 'lock-enabled', 'true'],
  ];
  const groups = Map.groupBy(keys, ([schema]) => schema);
  const content = [...groups]
    .map(
      ([schema, members]) => `[${schema}]\n${members.map(([, key, value]) => `${key}=${value}\n`).join('')}`,
    )
    .join('\n');
  const locks = keys.map(([schema, key]) => `/${schema}/${key}\n`).join('');
  const folder = `/etc/dconf/db/${database}.d`;
  const files = [
    { path: `${folder}/90-gatehouse`, content: `${heading}${content}` },
    { path: `${folder}/locks/90-gatehouse`, content: `${heading}${locks}` },
  ];
  if (profile === undefined) {
    files.push({ path: dconfProfilePath, content: 'user-db:user\nsystem-db:local\n' });
  }
  return { id: 'gatehouse.screen-lock', name: 'Screen lock', files };
}

function consoleProfile(seconds: number): DesiredProfile {
  return {
    id: 'gatehouse.screen-lock',
    name: 'Idle consoles end',
    files: [
      {
        path: consoleScript,
        content: `${heading}TMOUT=${seconds}\nreadonly TMOUT\nexport TMOUT\n`,
      },
    ],
  };
}

function positive(value: boolean | number | string | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value < 100_000
    ? value
    : undefined;
}
