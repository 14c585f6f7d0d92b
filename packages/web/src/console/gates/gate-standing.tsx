// How many devices a gate lets in, holds back and keeps out now; each number leads to exactly these devices.
import { Card } from '@mantine/core';
import { useRead } from '../../api/hooks.ts';
import { readOverview } from '../../api/operations/fleet.ts';
import { Meter } from '../../design/charts.tsx';
import { useMay } from '../../session/session.ts';
import { gateTexts } from './texts.ts';

export function GateStanding({ gate }: { gate: 'network' | 'mail' | 'vpn' }) {
  const t = gateTexts.use();
  const may = useMay();
  const { data } = useRead(
    readOverview,
    {},
    { enabled: may('devices.read'), live: ['device.posture-changed'], every: 30_000 },
  );
  const counts = data?.gates[gate];
  if (counts === undefined) return null;
  const parts = [
    ['allow', 'ok'],
    ['quarantine', 'grace'],
    ['deny', 'bad'],
  ] as const;
  return (
    <Card>
      <Meter
        label={t('standing')}
        parts={parts.map(([access, tone]) => ({
          label: t(access),
          value: counts[access],
          tone,
          to: `/devices?q=${encodeURIComponent(`gate.${gate}:${access}`)}`,
        }))}
      />
    </Card>
  );
}
