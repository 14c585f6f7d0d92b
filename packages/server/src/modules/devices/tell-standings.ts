// Why devices have no access, in the language of whoever reads it: the words that are stored are English, for peers. Of English, by far
// the most, nothing is asked.
import { readEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import { summarizeStanding } from '@gatehouse/core/compliance/summarize.ts';
import type { Language } from '@gatehouse/core/languages.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { DeviceDeps } from './device-deps.ts';
import { selectStandings } from './standing-words-queries.ts';

interface Told {
  readonly id: string;
  readonly failureReason: string | null;
  readonly remediation?: string | null;
}

export async function tellStandings<Device extends Told>(
  { database }: Pick<DeviceDeps, 'database'>,
  { organizationId }: TenantPrincipal,
  devices: readonly Device[],
  language: Language,
): Promise<readonly Device[]> {
  const failing = devices.filter(({ failureReason }) => failureReason !== null).map(({ id }) => id);
  if (language === 'en' || failing.length === 0) return devices;
  const rows = await database.withTenant(organizationId, (tx) => selectStandings(tx, failing), {
    readOnly: true,
  });
  const standings = new Map(rows.map((row) => [row.device_id, row]));
  return devices.map((device) => {
    const row = standings.get(device.id);
    if (row === undefined) return device;
    const { failureReason, remediation } = summarizeStanding(row, readEvaluation(row.evaluation), language);
    return { ...device, failureReason, ...('remediation' in device ? { remediation } : {}) };
  });
}
