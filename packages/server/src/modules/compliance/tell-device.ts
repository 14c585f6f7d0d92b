// How a device stands, for the person who uses it and in that person's language: the words in a check-in's answer. The stored
// reason is English, for peers; this makes others of the same evaluation.
import { readEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import { type EvaluationSummary, summarizeStanding } from '@gatehouse/core/compliance/summarize.ts';
import { type Language, languageFor } from '@gatehouse/core/languages.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { selectLanguages, selectStanding } from './verdict-queries.ts';

/** The user's language counts before those that the device says it is used in. */
export function languageOfReader(user: string | null, device: readonly string[]): Language {
  return languageFor(user, ...device);
}

/**
 * @param device languages that the device states, best first.
 * @returns undefined where the English words that are stored will do.
 */
export async function tellDevice(
  tx: TenantTx,
  deviceId: string,
  device: readonly string[],
): Promise<EvaluationSummary | undefined> {
  const row = await selectStanding(tx, deviceId);
  if (row === undefined) return undefined;
  const language = languageOfReader(row.language, device);
  return language === 'en' ? undefined : summarizeStanding(row, readEvaluation(row.evaluation), language);
}

/** The same for several devices: those of which English is read, nearly all or hardly any, cost one statement together. */
export async function tellDevices(
  tx: TenantTx,
  devices: readonly { readonly deviceId: string; readonly languages: readonly string[] }[],
): Promise<ReadonlyMap<string, EvaluationSummary>> {
  const told = new Map<string, EvaluationSummary>();
  if (devices.length === 0) return told;
  const users = await selectLanguages(
    tx,
    devices.map(({ deviceId }) => deviceId),
  );
  for (const { deviceId, languages } of devices) {
    if (languageOfReader(users.get(deviceId) ?? null, languages) === 'en') continue;
    const summary = await tellDevice(tx, deviceId, languages);
    if (summary !== undefined) told.set(deviceId, summary);
  }
  return told;
}
