/**
 * Operating systems that the simulated computers run: for each, the release people have now and one they should have left
 * behind, and the software that comes with it.
 */

export interface Release {
  readonly version: string;
  readonly build: string;
  readonly kernel: string;
}

export interface OperatingSystem {
  readonly family: 'linux' | 'macos';
  readonly name: string;
  readonly current: Release;
  readonly outdated: Release;
  readonly rootFileSystem: string;
  /** As reports name the package manager. */
  readonly packageSource: string;
  readonly packages: readonly (readonly [name: string, version: string])[];
}

const everyLinux = [
  ['bash', '5.2.21'],
  ['coreutils', '9.4'],
  ['cryptsetup', '2.7.0'],
  ['curl', '8.5.0'],
  ['git', '2.43.0'],
  ['gnome-shell', '46.0'],
  ['libreoffice', '24.2.7'],
  ['NetworkManager', '1.46.0'],
  ['openssh-client', '9.6p1'],
  ['openssl', '3.0.13'],
  ['python3', '3.12.3'],
  ['sudo', '1.9.15p5'],
  ['systemd', '255.4'],
  ['tar', '1.35'],
  ['vim', '9.1.0016'],
] as const;

const linux = (
  name: string,
  packageSource: string,
  rootFileSystem: string,
  current: Release,
  outdated: Release,
  more: readonly (readonly [string, string])[],
): OperatingSystem => ({
  family: 'linux',
  name,
  current,
  outdated,
  rootFileSystem,
  packageSource,
  packages: [...everyLinux, ...more],
});

export const operatingSystems = {
  ubuntu: linux(
    'Ubuntu',
    'dpkg',
    'ext4',
    { version: '24.04', build: '24.04.3 LTS (Noble Numbat)', kernel: '6.8.0-85-generic' },
    { version: '20.04', build: '20.04.6 LTS (Focal Fossa)', kernel: '5.4.0-216-generic' },
    [
      ['firefox', '1:1snap1'],
      ['thunderbird', '2:1snap1'],
      ['ubuntu-desktop', '1.539'],
    ],
  ),
  debian: linux(
    'Debian GNU/Linux',
    'dpkg',
    'ext4',
    { version: '13.1', build: '13 (trixie)', kernel: '6.12.48+deb13-amd64' },
    { version: '11.9', build: '11 (bullseye)', kernel: '5.10.0-28-amd64' },
    [
      ['firefox-esr', '140.4.0esr-1'],
      ['task-gnome-desktop', '3.80'],
    ],
  ),
  fedora: linux(
    'Fedora Linux',
    'rpm',
    'btrfs',
    { version: '42', build: '42 (Workstation Edition)', kernel: '6.16.10-200.fc42.x86_64' },
    { version: '38', build: '38 (Workstation Edition)', kernel: '6.8.9-100.fc38.x86_64' },
    [
      ['firefox', '143.0-1.fc42'],
      ['dnf5', '5.2.16-1.fc42'],
    ],
  ),
  arch: linux(
    'Arch Linux',
    'pacman',
    'btrfs',
    { version: '2026.11.01', build: 'rolling', kernel: '6.17.7-arch1-1' },
    { version: '2024.01.01', build: 'rolling', kernel: '6.6.8-arch1-1' },
    [
      ['firefox', '144.0-1'],
      ['pacman', '7.1.0-1'],
    ],
  ),
  macos: {
    family: 'macos',
    name: 'macOS',
    current: { version: '15.7.1', build: '24G231', kernel: '24.6.0' },
    outdated: { version: '14.2.1', build: '23C71', kernel: '23.2.0' },
    rootFileSystem: 'apfs',
    packageSource: 'apple',
    packages: [
      ['/Applications/Safari.app', '26.0'],
      ['/Applications/Xcode.app', '26.0.1'],
      ['/Applications/Keynote.app', '14.4'],
      ['/Applications/Numbers.app', '14.4'],
      ['/Applications/Firefox.app', '144.0'],
      ['/Applications/Slack.app', '4.46.96'],
      ['/Applications/zoom.us.app', '6.6.0'],
      ['/System/Applications/Mail.app', '16.0'],
      ['/System/Applications/Utilities/Terminal.app', '2.14'],
    ],
  },
} as const satisfies Record<string, OperatingSystem>;

export type OperatingSystemName = keyof typeof operatingSystems;
export const linuxNames = ['ubuntu', 'debian', 'fedora', 'arch'] as const satisfies OperatingSystemName[];
