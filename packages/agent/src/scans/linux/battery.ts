/** Batteries that power the machine, from /sys/class/power_supply; those of mice and headsets say scope `Device`. */
import { type System, valueOf } from '../../system/system.ts';
import type { Gatherer } from '../scan-context.ts';
import { parseAssignments, parseInteger } from './assignments.ts';

interface Battery {
  readonly level: number | undefined;
  readonly full: number | undefined;
  readonly charging: boolean;
}

export const battery: Gatherer = {
  name: 'battery',
  async gather({ system }, findings) {
    const supplies = await system.list('/sys/class/power_supply');
    if (supplies.state === 'unreadable') return findings.unknown('battery.present', supplies.why);
    const batteries: Battery[] = [];
    for (const name of (valueOf(supplies) ?? []).slice(0, 64)) {
      const found = await readBattery(system, `/sys/class/power_supply/${name}/uevent`);
      if (found !== undefined) batteries.push(found);
    }
    findings.set('battery.present', batteries.length > 0);
    if (batteries.length === 0) return;
    findings.set('battery.level-percent', jointLevel(batteries));
    findings.set(
      'battery.charging',
      batteries.some(({ charging }) => charging),
    );
  },
};

async function readBattery(system: System, path: string): Promise<Battery | undefined> {
  const text = valueOf(await system.readText(path, { maximumBytes: 16_384 }));
  if (text === undefined) return undefined;
  const values = parseAssignments(text);
  const value = (name: string) => values.get(`POWER_SUPPLY_${name}`);
  if (value('TYPE') !== 'Battery' || value('SCOPE') === 'Device' || value('PRESENT') === '0')
    return undefined;
  return {
    level: parseInteger(value('CAPACITY')),
    full: parseInteger(value('ENERGY_FULL')) ?? parseInteger(value('CHARGE_FULL')),
    charging: value('STATUS') === 'Charging',
  };
}

/** Two batteries count by what they hold when both say so, equally otherwise. */
function jointLevel(batteries: readonly Battery[]): number | undefined {
  const known = batteries.filter((one) => one.level !== undefined && one.level >= 0 && one.level <= 100);
  if (known.length === 0) return undefined;
  const weighted = known.every(({ full }) => full !== undefined && full > 0);
  let sum = 0;
  let weight = 0;
  for (const { level = 0, full = 1 } of known) {
    sum += level * (weighted ? full : 1);
    weight += weighted ? full : 1;
  }
  return Math.round(sum / weight);
}
