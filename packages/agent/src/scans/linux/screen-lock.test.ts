import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Machine, machine } from '../../../test/machine.ts';
import { readOnlyTimeout } from './console-timeout.ts';

async function lockOf(made: Machine): Promise<readonly [unknown, unknown]> {
  const { facts } = await made.scan('security');
  return [facts['screen-lock.enabled'], facts['screen-lock.timeout-seconds']];
}

test('AGT-T06 what is not locked centrally is asked of each person in a process of their own', async (t) => {
  const made = machine(t, 'fedora-workstation');
  assert.deepEqual(await lockOf(made), [true, 900]);
  const asked = made.runs.filter(({ command }) => command.startsWith('/usr/bin/gsettings'));
  assert.equal(asked.length, 3);
  assert.ok(asked.every(({ account }) => account === 'ann'));
});

test('one person who never lets the screen go idle is enough to make it not locked', async (t) => {
  const made = machine(t, 'fedora-workstation');
  made.program('ann: /usr/bin/gsettings get org.gnome.desktop.session idle-delay', 'uint32 0\n');
  assert.deepEqual(await lockOf(made), [false, undefined]);
});

test('AGT-T06 a hostile home makes the fact unknown, not fine', async (t) => {
  const made = machine(t, 'fedora-workstation');
  made.program(
    'ann: /usr/bin/gsettings get org.gnome.desktop.screensaver lock-enabled',
    `${'A'.repeat(1_000_000)}\n`,
  );
  assert.deepEqual(await lockOf(made), [undefined, undefined]);
});

test('a value that dconf locks needs no question; without the lock file it does', async (t) => {
  const made = machine(t, 'ubuntu-luks-laptop');
  made.write('/home/ann/.config/dconf/user', 'GVariant');
  assert.deepEqual(await lockOf(made), [true, 315]);
  made.remove('/etc/dconf/db/local.d/locks/10-lock');
  assert.deepEqual(await lockOf(made), [undefined, undefined]);
});

test('somebody who is signed in without being asked undoes any lock', async (t) => {
  const laptop = machine(t, 'ubuntu-luks-laptop');
  laptop.write('/etc/gdm3/custom.conf', '[daemon]\nAutomaticLoginEnable = true\nAutomaticLogin = ann\n');
  assert.deepEqual(await lockOf(laptop), [false, undefined]);
  const server = machine(t, 'debian-server');
  assert.deepEqual(await lockOf(server), [true, 900]);
  server.write(
    '/etc/systemd/system/getty@tty1.service.d/override.conf',
    '[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin guest --noclear %I $TERM\n',
  );
  assert.deepEqual(await lockOf(server), [false, undefined]);
});

test('KDE: central settings hold for new people; an immutable key holds for all', async (t) => {
  const made = machine(t, 'debian-server');
  made.write('/usr/share/wayland-sessions/plasma.desktop', '');
  assert.deepEqual(await lockOf(made), [true, 305]);
  made.write('/etc/xdg/kscreenlockerrc', '[Daemon]\nAutolock[$i]=true\nTimeout[$i]=10\nLockGrace[$i]=0\n');
  made.write('/home/guest/.config/kscreenlockerrc', '[Daemon]\nAutolock=false\n');
  assert.deepEqual(await lockOf(made), [true, 600]);
  made.write('/etc/xdg/kscreenlockerrc', '[Daemon]\nTimeout=10\n');
  made.program(
    'guest: /usr/bin/kreadconfig6 --file kscreenlockerrc --group Daemon --key Autolock',
    'false\n',
  );
  assert.deepEqual(await lockOf(made), [false, undefined]);
});

test('a desktop that Gatehouse does not know is unknown, not locked', async (t) => {
  const made = machine(t, 'ubuntu-luks-laptop');
  made.write('/usr/share/wayland-sessions/sway.desktop', '');
  assert.deepEqual(await lockOf(made), [undefined, undefined]);
});

test('a server without a desktop locks by a read-only TMOUT, and only by that', async (t) => {
  const made = machine(t, 'debian-server');
  made.write('/etc/profile.d/timeout.sh', 'TMOUT=900; export TMOUT\n');
  assert.deepEqual(await lockOf(made), [false, undefined]);
});

test('the usual spellings of a read-only TMOUT', () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ['readonly TMOUT=600', 600],
    ['TMOUT=600; readonly TMOUT; export TMOUT', 600],
    ['declare -xr TMOUT=300', 300],
    ['typeset -r TMOUT="120"', 120],
    ['export TMOUT=600', undefined],
    ['# readonly TMOUT=600', undefined],
    ['readonly TMOUT=0', undefined],
    ['readonly MYTMOUT=600', undefined],
    ['readonly TMOUT=$(reboot)', undefined],
  ];
  for (const [script, seconds] of cases) assert.equal(readOnlyTimeout(script), seconds, script);
});
