/**
 * Puts the policy's configuration in force and takes back what is no longer assigned (POL-09; settings must not stay behind
 * when unassigned). Off unless the operator switched it on. Verifies instead of assuming: a profile counts as pending until
 * its files are in place unchanged (SCN-02).
 */
import type { System } from '../system/system.ts';
import { valueOf } from '../system/system.ts';
import type { ManagedLedger } from '../files/managed-ledger.ts';
import { consoleTimeout } from '../scans/linux/console-timeout.ts';
import { installedDesktops } from '../scans/linux/desktops.ts';
import { judgingRules, passwordStack } from '../scans/linux/pam.ts';
import { readPasswordRules } from '../scans/linux/password-rules.ts';
import {
  consoleScript,
  dconfProfilePath,
  type Desired,
  desiredConfiguration,
  type MachineAbilities,
} from './desired-files.ts';

export interface AppliedConfiguration {
  readonly applied: readonly string[];
  readonly removed: readonly string[];
  /** Anything on the machine is different from before. */
  readonly changed: boolean;
  /** Profiles or settings that are demanded and not in force, with why. */
  readonly pending: readonly { readonly name: string; readonly why: string }[];
}

const ownPrefix = 'gatehouse.';

export async function applyConfiguration(
  settings: Readonly<Record<string, boolean | number | string>>,
  { system, ledger }: { readonly system: System; readonly ledger: ManagedLedger },
): Promise<AppliedConfiguration> {
  const desired = desiredConfiguration(settings, await abilitiesOf(system, ledger));
  const removed = await removeUnassigned(desired, ledger);
  const applied: string[] = [];
  let changed = removed.length > 0;
  const pending = desired.unenforceable.map((name) => ({
    name,
    why: 'this machine offers no way to enforce it',
  }));
  for (const { id, name, files } of desired.profiles) {
    try {
      for (const { path, content } of files) {
        const written = await ledger.putFile({ id, kind: 'profile', name }, path, content);
        changed ||= written;
      }
      if (await ledger.isIntact(id)) applied.push(id);
      else pending.push({ name: id, why: 'its files were changed right away' });
    } catch (error) {
      pending.push({ name: id, why: error instanceof Error ? error.message : String(error) });
    }
  }
  pending.push(...(await findOverridden(settings, system)));
  if (changed) await compileDconf(system, ledger);
  return { applied, removed, changed, pending };
}

/** pwquality.conf itself has the last word over its drop-ins, so what came of ours is worked out like any scan would. */
async function findOverridden(
  settings: Readonly<Record<string, boolean | number | string>>,
  system: System,
): Promise<AppliedConfiguration['pending']> {
  const stack = await passwordStack(system);
  if (stack === undefined || !judgingRules(stack).some(({ module }) => module === 'pam_pwquality.so'))
    return [];
  const rules = await readPasswordRules(system, stack);
  const demanded = [
    ['passcode.minimum-length', rules.minimumLength],
    ['passcode.minimum-classes', rules.minimumClasses],
  ] as const;
  return demanded.flatMap(([name, inForce]) => {
    const wanted = settings[name];
    if (typeof wanted !== 'number' || inForce >= wanted) return [];
    return [{ name, why: '/etc/security/pwquality.conf or PAM itself says less' }];
  });
}

async function removeUnassigned(desired: Desired, ledger: ManagedLedger): Promise<readonly string[]> {
  const wanted = new Map(
    desired.profiles.map((profile) => [profile.id, new Set(profile.files.map(({ path }) => path))]),
  );
  const removed: string[] = [];
  for (const item of ledger.items) {
    if (!item.id.startsWith(ownPrefix)) continue;
    const paths = wanted.get(item.id);
    // A profile that moved, e.g. from console to desktop, is taken away whole and written anew.
    if (paths !== undefined && item.files.every(({ path }) => paths.has(path))) continue;
    removed.push(...(await ledger.remove(item.id)).removed);
  }
  return removed;
}

/** dconf reads compiled databases; without the program there is no dconf to obey them either. */
async function compileDconf(system: System, ledger: ManagedLedger): Promise<void> {
  const concerned = ledger.items.some(({ files }) =>
    files.some(({ path }) => path.startsWith('/etc/dconf/')),
  );
  const database = valueOf(await system.list('/etc/dconf/db')) ?? [];
  if (concerned || database.length > 0) await system.run('/usr/bin/dconf', ['update'], { timeoutMs: 20_000 });
}

async function abilitiesOf(system: System, ledger: ManagedLedger): Promise<MachineAbilities> {
  const stack = (await passwordStack(system)) ?? [];
  const desktops = await installedDesktops(system);
  // A profile that we wrote ourselves is not something the machine has: without it, ours would be wanted again.
  const ours = ledger.items.some(({ files }) => files.some(({ path }) => path === dconfProfilePath));
  const profile = ours ? undefined : valueOf(await system.readText(dconfProfilePath));
  const databases = [...(profile ?? '').matchAll(/^\s*system-db:([A-Za-z0-9_.-]+)\s*$/gm)].map(
    ([, name]) => name ?? '',
  );
  return {
    pwquality: judgingRules(stack).some(({ module }) => module === 'pam_pwquality.so'),
    dconf: desktops.known.some(({ lock }) => lock.kind === 'dconf'),
    dconfProfile: profile === undefined ? undefined : { databases },
    consoleTimeout: await consoleTimeout(system, consoleScript),
    consoleOnly: desktops.known.length === 0 && desktops.unknown.length === 0,
  };
}
