// The one page that a call to the help desk needs: what is wrong and mends it, what happens next, how the device is, what happened.
import { Button, List, SimpleGrid, Stack, Text } from '@mantine/core';
import type { Device } from '@gatehouse/contracts/admin/devices.ts';
import { useState } from 'react';
import { useList } from '../../../../api/hooks.ts';
import { listApprovals } from '../../../../api/operations/approvals.ts';
import { listCommands } from '../../../../api/operations/device.ts';
import { CopyText } from '../../../../design/copy-text.tsx';
import { Facts } from '../../../../design/facts.tsx';
import { Loading } from '../../../../design/loading.tsx';
import { Plain } from '../../../../design/plain.tsx';
import { plainLine } from '../../../../design/plain-text.ts';
import { RouteLink } from '../../../../design/route-link.tsx';
import { Tile } from '../../../../design/charts.tsx';
import { Time } from '../../../../design/time.tsx';
import { formatTime } from '../../../../language/format.ts';
import { useMay } from '../../../../session/session.ts';
import classes from '../device.module.css';
import { commandName, commandStateText, isUpcoming } from '../commands/command-words.ts';
import { factValueText } from '../fact-value.ts';
import { useFacts, valueOf } from '../facts/use-facts.ts';
import { deviceTexts } from '../texts.ts';
import { useDevice, useExplanation } from '../use-device.ts';
import { EditDevice } from './edit-device.tsx';
import { Escrow } from './escrow.tsx';
import { LastEvents } from './last-events.tsx';
import { overviewTexts } from './texts.ts';

export function OverviewTab() {
  const { data: device } = useDevice();
  if (device === undefined) return <Loading lines={6} />;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Wrong device={device} />
      <Condition device={device} />
      <UnderWay device={device} />
      <Identity device={device} />
      <LastEvents />
      <Escrow device={device} />
    </SimpleGrid>
  );
}

function Wrong({ device }: { device: Device }) {
  const t = overviewTexts.use();
  const { data } = useExplanation();
  const failing = data?.rules.filter(({ status, exception }) => status !== 'compliant' && exception === null);
  const remedies = [...new Set(failing?.flatMap(({ remedy }) => (remedy === null ? [] : [remedy])) ?? [])];
  const grace = failing?.filter(({ status, graceEndsAt }) => status === 'in-grace' && graceEndsAt !== null);
  return (
    <Tile title={t('wrong')}>
      <Stack gap="sm">
        {failing === undefined ? (
          <Text size="sm">{device.failureReason ?? t('nothingWrong')}</Text>
        ) : failing.length === 0 ? (
          <Text size="sm">{device.failureReason ?? t('nothingWrong')}</Text>
        ) : (
          <List size="sm">
            {failing.map((rule) => (
              <List.Item key={rule.id}>
                <RouteLink to={`/devices/${device.id}/why`} size="sm" underline="always">
                  <Plain text={rule.title} limit={100} />
                </RouteLink>
                : {rule.summary}
              </List.Item>
            ))}
          </List>
        )}
        <Facts
          rows={[
            remedies.length > 0 && { label: t('mend'), value: remedies.join(' ') },
            {
              label: t('next'),
              value:
                grace !== undefined && grace.length > 0
                  ? grace.map((rule) => (
                      <div key={rule.id}>
                        {t('graceEnds', {
                          rule: plainLine(rule.title, 60),
                          time: formatTime(new Date(rule.graceEndsAt ?? 0)),
                        })}
                      </div>
                    ))
                  : device.nextChangeAt === null
                    ? t('nextNone')
                    : t('nextAt', { time: formatTime(device.nextChangeAt) }),
            },
            data !== undefined && {
              label: t('userSees'),
              value:
                data.userIsTold.failureReason === null
                  ? t('userSeesNothing')
                  : [data.userIsTold.failureReason, data.userIsTold.remediation].filter(Boolean).join(' '),
            },
          ]}
        />
      </Stack>
    </Tile>
  );
}

function Condition({ device }: { device: Device }) {
  const t = overviewTexts.use();
  const { data } = useFacts({ technical: true });
  const facts = data?.facts;
  const battery = valueOf(facts, 'battery.level-percent');
  const free = valueOf(facts, 'hardware.storage-free-bytes');
  const total = valueOf(facts, 'hardware.storage-bytes');
  const passcode = valueOf(facts, 'passcode.set');
  const encrypted = valueOf(facts, 'storage.encrypted');
  const supervised = valueOf(facts, 'management.supervised');
  const sim = [valueOf(facts, 'cellular.carrier'), valueOf(facts, 'sim.status')].filter(
    (each) => each !== undefined,
  );
  const text = (value: string | undefined) => value && <Plain text={value} limit={80} />;
  return (
    <Tile title={t('condition')}>
      <Facts
        rows={[
          {
            label: t('battery'),
            value:
              battery === undefined
                ? undefined
                : `${factValueText(battery, 'percent')}${valueOf(facts, 'battery.charging') === true ? `, ${t('charging')}` : ''}`,
          },
          {
            label: t('storage'),
            value:
              free === undefined
                ? undefined
                : total === undefined
                  ? factValueText(free, 'bytes')
                  : t('storageOf', {
                      free: factValueText(free, 'bytes'),
                      total: factValueText(total, 'bytes'),
                    }),
          },
          {
            label: t('passcode'),
            value: passcode === undefined ? undefined : t(passcode ? 'set' : 'notSet'),
          },
          {
            label: t('encryption'),
            value: encrypted === undefined ? undefined : t(encrypted ? 'encrypted' : 'notEncrypted'),
          },
          { label: t('sim'), value: sim.length === 0 ? undefined : text(sim.join(' · ')) },
          { label: t('agent'), value: text(valueOf(facts, 'agent.version')) },
          {
            label: t('supervised'),
            value: supervised === undefined ? undefined : t(supervised ? 'yes' : 'no'),
          },
          {
            label: t('lastReport'),
            value: device.lastCheckInAt === null ? undefined : <Time at={device.lastCheckInAt} />,
          },
          {
            label: t('policy'),
            value: t(
              device.acknowledgedPolicyVersion === device.policyVersion ? 'policyCurrent' : 'policyOld',
            ),
          },
        ]}
      />
    </Tile>
  );
}

function Identity({ device }: { device: Device }) {
  const t = overviewTexts.use();
  const d = deviceTexts.use();
  const may = useMay();
  const [isEdited, setEdited] = useState(false);
  const copy = (value: string | null) => value && <CopyText value={value} />;
  return (
    <Tile
      title={t('identity')}
      action={
        may('devices.update') && (
          <Button size="xs" variant="default" onClick={() => setEdited(true)}>
            {t('edit')}
          </Button>
        )
      }
    >
      {isEdited && <EditDevice deviceId={device.id} onClose={() => setEdited(false)} />}
      <Facts
        rows={[
          { label: t('ownership'), value: d(device.ownership) },
          { label: t('asset'), value: copy(device.assetNumber) },
          { label: t('host'), value: copy(device.hostName) },
          { label: t('imei'), value: copy(device.imei) },
          { label: t('udid'), value: copy(device.udid) },
          {
            label: t('macs'),
            value:
              device.macs.length === 0
                ? undefined
                : device.macs.slice(0, 8).map((mac) => (
                    <div key={mac} className={classes.identifier}>
                      <CopyText value={mac} />
                    </div>
                  )),
          },
          { label: t('guid'), value: copy(device.guid) },
        ]}
      />
    </Tile>
  );
}

function UnderWay({ device }: { device: Device }) {
  const t = overviewTexts.use();
  const may = useMay();
  const commands = useList(
    listCommands,
    { params: { deviceId: device.id } },
    { enabled: may('commands.read') },
  );
  const approvals = useList(
    listApprovals,
    { query: { deviceId: device.id, open: 'true' } },
    { enabled: may('approvals.read') },
  );
  const upcoming = commands.items.filter(isUpcoming);
  return (
    <Tile title={t('pending')}>
      {upcoming.length === 0 && approvals.items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('pendingNone')}
        </Text>
      ) : (
        <List size="sm">
          {approvals.items.map((request) => (
            <List.Item key={request.id}>
              {t('waitsApproval', {
                action: request.command === null ? '' : commandName(request.command as 'full-wipe'),
              })}{' '}
              <RouteLink to={`/activity/approvals?request=${request.id}`} size="sm" underline="always">
                {t('seeApproval')}
              </RouteLink>
            </List.Item>
          ))}
          {upcoming.map((command) => (
            <List.Item key={command.id}>
              <RouteLink to={`/devices/${device.id}/commands`} size="sm" underline="always">
                {commandName(command.name)}
              </RouteLink>
              : {commandStateText(command)}
            </List.Item>
          ))}
        </List>
      )}
    </Tile>
  );
}
