// One request: what, of which devices exactly, why, what it does to the budget, how long it waits; and what one may do with it.
import { Badge, Button, Card, Group, List, Stack, Text, Title } from '@mantine/core';
import type { ListedApproval } from '@gatehouse/contracts/admin/approvals.ts';
import { isCommandName } from '@gatehouse/core/commands/catalogue.ts';
import { useEffect, useRef, useState } from 'react';
import { useRead } from '../../../api/hooks.ts';
import { getDestructiveBudget } from '../../../api/operations/approvals.ts';
import { Facts } from '../../../design/facts.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { type StatusKind, StatusMark } from '../../../design/status-mark.tsx';
import { Time, useNow } from '../../../design/time.tsx';
import { formatDuration, formatTime } from '../../../language/format.ts';
import { useMay } from '../../../session/session.ts';
import { useActorName } from '../../actors/actor-name.tsx';
import { commandName } from '../../devices/device/commands/command-words.ts';
import { deviceTexts } from '../../devices/device/texts.ts';
import { budgetAfter } from './approvals-search.ts';
import { type Decision, DecisionDialog } from './decision-dialog.tsx';
import { approvalTexts } from './texts.ts';

const kinds = {
  pending: 'pending',
  canary: 'pending',
  done: 'ok',
  rejected: 'bad',
  withdrawn: 'unknown',
  expired: 'stale',
} as const satisfies Record<ListedApproval['state'], StatusKind>;

export function ApprovalCard({ request, meant }: { request: ListedApproval; meant: boolean }) {
  const t = approvalTexts.use();
  const what = useWhat(request);
  const actor = useActorName();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (meant) place.current?.scrollIntoView({ block: 'center' });
  }, [meant]);
  const asker = request.requestedBy.startsWith('system')
    ? t('bySystem')
    : request.own
      ? actor(request.requestedBy)
      : (request.askedByName ?? actor(request.requestedBy));
  return (
    <Card
      component="article"
      ref={place}
      aria-labelledby={`request-${request.id}`}
      {...(meant ? { shadow: 'md' } : {})}
    >
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start">
          <div>
            <Title order={2} size="h3" id={`request-${request.id}`}>
              {what}
            </Title>
            <Text size="sm" c="dimmed">
              <Plain text={t('askedBy', { who: asker })} limit={120} /> · <Time at={request.createdAt} />
            </Text>
          </div>
          <Group gap="xs">
            {request.overridden && (
              <Badge color="red" tt="none">
                {t('emergency')}
              </Badge>
            )}
            <StatusMark kind={kinds[request.state]} word={t(request.state)} />
          </Group>
        </Group>
        <Details request={request} />
        <FrozenList request={request} />
        {(request.state === 'pending' || request.state === 'canary') && (
          <Decisions request={request} what={what} />
        )}
      </Stack>
    </Card>
  );
}

function useWhat(request: ListedApproval): string {
  const t = approvalTexts.use();
  const count = request.deviceIds.length;
  switch (request.action) {
    case 'command': {
      const name = request.command ?? '';
      const action = isCommandName(name) ? commandName(name) : name;
      return t('what_command', { action, count: t('devices', { count }) });
    }
    case 'mail-wipe':
      return t('what_mail-wipe', { count: t('mailDevices', { count }) });
    case 'change-budget':
      return t('what_change-budget');
    default:
      return request.action satisfies never;
  }
}

function Details({ request }: { request: ListedApproval }) {
  const t = approvalTexts.use();
  const now = useNow();
  const actor = useActorName();
  const isOpen = request.state === 'pending' || request.state === 'canary';
  const { data: budget } = useRead(getDestructiveBudget, {}, { enabled: isOpen });
  const left = Date.parse(request.expiresAt) - now;
  const params = Object.entries(request.params);
  return (
    <Facts
      rows={[
        {
          label: t('reason'),
          value: request.reason === null ? t('noReason') : <Plain text={request.reason} limit={500} />,
        },
        { label: t('held'), value: t(`held_${request.held}`) },
        request.action === 'change-budget'
          ? { label: t('settings'), value: <Settings params={request.params} /> }
          : (params.length > 0 || request.hasSealedParams) && {
              label: t('parts'),
              value: (
                <Plain
                  text={[
                    ...params.map(([name, value]) => `${name}: ${String(value)}`),
                    ...(request.hasSealedParams ? [t('sealed')] : []),
                  ].join(', ')}
                />
              ),
            },
        request.cause !== null && {
          label: t('cause'),
          value: (
            <Plain
              text={String(
                request.cause['ruleName'] ?? request.cause['rule'] ?? JSON.stringify(request.cause),
              )}
            />
          ),
        },
        isOpen &&
          budget !== undefined &&
          request.action !== 'change-budget' && {
            label: t('budget'),
            value: t('budgetChange', {
              before: budget.spent,
              budget: budget.budget,
              after: budgetAfter(request, budget),
            }),
          },
        isOpen && {
          label: t('timeLeft'),
          value: `${formatDuration(Math.max(0, Math.floor(left / 60_000) * 60_000))} (${t('until', { time: formatTime(request.expiresAt) })})`,
        },
        request.approvedBy !== null &&
          request.approvedBy !== request.decidedBy && {
            label: t('yes'),
            value: (
              <>
                <Plain
                  text={t('decidedBy', { who: request.approvedByName ?? actor(request.approvedBy) })}
                  limit={120}
                />{' '}
                {request.approvedAt !== null && <Time at={request.approvedAt} />}
              </>
            ),
          },
        request.decidedBy !== null && {
          label: t(request.state),
          value: (
            <>
              <Plain
                text={t('decidedBy', { who: request.decidedByName ?? actor(request.decidedBy) })}
                limit={120}
              />{' '}
              {request.decidedAt !== null && <Time at={request.decidedAt} />}
              {request.decisionReason !== null && (
                <div>
                  <Plain text={request.decisionReason} limit={500} />
                </div>
              )}
            </>
          ),
        },
      ]}
    />
  );
}

function Settings({ params }: { params: ListedApproval['params'] }) {
  const t = approvalTexts.use();
  const value = (name: string) => String(params[name] ?? '–');
  return [
    t('minimumBudget', { value: value('minimumBudget') }),
    t('fleetPercent', { value: value('fleetPercent') }),
    t('windowMinutes', { value: value('windowMinutes') }),
    t(params['secondPerson'] === 'always' ? 'secondPerson_always' : 'secondPerson_above-budget'),
    t('canaryAbove', { value: value('canaryAbove') }),
  ].join(' · ');
}

const shownDevices = 20;

function FrozenList({ request }: { request: ListedApproval }) {
  const t = approvalTexts.use();
  const d = deviceTexts.use();
  const [all, setAll] = useState(false);
  if (request.action !== 'command') return null;
  const outcomes = new Map(request.outcomes.map((each) => [each.deviceId, each]));
  const gone = request.deviceIds.length - request.devices.length;
  const devices = all ? request.devices : request.devices.slice(0, shownDevices);
  return (
    <div>
      <Text size="sm" fw={600}>
        {t(outcomes.size > 0 ? 'outcomes' : 'frozen')}
      </Text>
      <List size="sm">
        {devices.map((device) => {
          const outcome = outcomes.get(device.id);
          return (
            <List.Item key={device.id}>
              <RouteLink to={`/devices/${device.id}`} size="sm">
                <Plain text={device.name} limit={80} />
              </RouteLink>{' '}
              · {d(device.ownership)}
              {device.userName && (
                <>
                  {' · '}
                  <Plain text={device.userName} limit={80} />
                </>
              )}
              {outcome !== undefined && (
                <>
                  {' – '}
                  {outcome.refusal === null ? t('sent') : <Plain text={outcome.refusal} />}
                </>
              )}
            </List.Item>
          );
        })}
      </List>
      {request.devices.length > devices.length && (
        <Button size="compact-sm" variant="subtle" onClick={() => setAll(true)}>
          {t('devices', { count: request.devices.length })}
        </Button>
      )}
      <Text size="xs" c="dimmed">
        {gone > 0 && `${t('gone', { count: gone })}. `}
        {outcomes.size === 0 && t('frozenNote')}
      </Text>
    </div>
  );
}

function Decisions({ request, what }: { request: ListedApproval; what: string }) {
  const t = approvalTexts.use();
  const may = useMay();
  const [asked, setAsked] = useState<Decision>();
  const decides = may('approvals.decide');
  const waits = request.state === 'pending';
  const reason = decides ? request.whyNotApprove : t('noRight');
  return (
    <>
      {waits && reason !== null && !request.mayApprove && (
        <Text size="sm" c="dimmed">
          {t('whyNot')}: {reason}
        </Text>
      )}
      <Group gap="xs">
        {waits && (
          <Button onClick={() => setAsked('approve')} disabled={!request.mayApprove}>
            {t('approve')}
          </Button>
        )}
        {!waits && decides && <Button onClick={() => setAsked('release')}>{t('release')}</Button>}
        {decides && !request.own && (
          <Button variant="default" onClick={() => setAsked('refuse')}>
            {t('refuse')}
          </Button>
        )}
        {request.own && (
          <Button variant="default" onClick={() => setAsked('withdraw')}>
            {t('withdraw')}
          </Button>
        )}
        {waits && may('approvals.override') && request.action !== 'change-budget' && (
          <Button variant="subtle" color="red" onClick={() => setAsked('override')}>
            {t('override')}
          </Button>
        )}
      </Group>
      {asked !== undefined && (
        <DecisionDialog decision={asked} request={request} what={what} onClose={() => setAsked(undefined)} />
      )}
    </>
  );
}
