// What each gate answers, in words, with the page that says why.
import type { Device } from '@gatehouse/contracts/admin/devices.ts';
import { Group } from '@mantine/core';
import type { Gate } from '@gatehouse/core/compliance/gate.ts';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark, type StatusKind } from '../../../design/status-mark.tsx';
import { designTexts } from '../../../design/texts.ts';
import { useMay } from '../../../session/session.ts';

const shown = ['network', 'mail', 'vpn'] as const satisfies readonly Gate[];
const names = { network: 'gateNetwork', mail: 'gateMail', vpn: 'gateVpn' } as const;
export const accessKind = { allow: 'ok', quarantine: 'grace', deny: 'bad' } as const satisfies Record<
  string,
  StatusKind
>;

export function GateLine({ device }: { device: Device }) {
  const t = designTexts.use();
  const may = useMay();
  return (
    <Group gap="md" mt={4}>
      {shown.map((gate) => {
        const access = device.access[gate];
        const mark = (
          <StatusMark
            kind={accessKind[access]}
            word={t('gateMark', { gate: t(names[gate]), access: t(access) })}
          />
        );
        return may('devices.explain') ? (
          <RouteLink key={gate} to={`/devices/${device.id}/why?gate=${gate}`} c="inherit">
            {mark}
          </RouteLink>
        ) : (
          <span key={gate}>{mark}</span>
        );
      })}
    </Group>
  );
}
