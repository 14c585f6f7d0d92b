/** The draft held against other suites by the server, a moment after the last key was pressed. */
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { useRead } from '../../../api/hooks.ts';
import { previewPolicyCollisions, type SettingValues } from '../../../api/operations/policies.ts';
import { type Collision, collisionLines } from '../model/collisions.ts';

const afterMs = 500;

/** @param settings only what is sound: the server would refuse the rest */
export function useCollisions(policyId: string, settings: SettingValues) {
  const written = JSON.stringify(settings);
  const [asked] = useDebouncedValue(written, afterMs);
  const body = useMemo(() => ({ settings: JSON.parse(asked) as SettingValues }), [asked]);
  const { data } = useRead(previewPolicyCollisions, { params: { policyId }, body }, { keep: true });
  const bySetting = useMemo(() => {
    const lines = data === undefined || data === null ? [] : collisionLines(data, policyId);
    return Map.groupBy(lines, ({ setting }): string => setting) as ReadonlyMap<string, readonly Collision[]>;
  }, [data, policyId]);
  return { answer: data, bySetting };
}
