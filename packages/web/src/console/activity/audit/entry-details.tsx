import type { AuditEntry } from '@gatehouse/contracts/admin/audit.ts';
import { Stack, Title } from '@mantine/core';
import { CopyText } from '../../../design/copy-text.tsx';
import { Facts } from '../../../design/facts.tsx';
import { JsonText } from '../../../design/json-text.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { addressWith } from '../../../design/search-params.ts';
import { Time } from '../../../design/time.tsx';
import { ActorName } from '../../actors/actor-name.tsx';
import { activityTexts } from '../texts.ts';

export function EntryDetails({ entry, onLeave }: { entry: AuditEntry; onLeave: () => void }) {
  const t = activityTexts.use();
  const { target } = entry;
  return (
    <Stack>
      <Facts
        rows={[
          { label: t('action'), value: entry.action },
          { label: t('time'), value: <Time at={entry.time} form="time" /> },
          { label: t('who'), value: <ActorName reference={`${entry.actor.kind}:${entry.actor.id}`} /> },
          { label: t('via'), value: entry.via },
          { label: t('result'), value: t(entry.outcome) },
          entry.reason !== null && { label: t('reason'), value: <Plain text={entry.reason} /> },
          target !== null && {
            label: t('target'),
            value: <CopyText value={`${target.kind}:${target.id}`} />,
          },
          entry.requestId !== null && { label: t('request'), value: <CopyText value={entry.requestId} /> },
        ]}
      />
      {target !== null && (
        <RouteLink
          to={addressWith('/activity/audit', { target: `${target.kind}:${target.id}` })}
          size="sm"
          onClick={onLeave}
        >
          {t('allOfObject')}
        </RouteLink>
      )}
      {Object.keys(entry.show).length > 0 && (
        <div>
          <Title order={3}>{t('shown')}</Title>
          <JsonText value={entry.show} label={t('shown')} />
        </div>
      )}
      {Object.keys(entry.values).length > 0 && (
        <div>
          <Title order={3}>{t('personal')}</Title>
          <Facts
            rows={Object.entries(entry.values).map(([label, value]) => ({
              label,
              value: <Plain text={value} />,
            }))}
          />
        </div>
      )}
    </Stack>
  );
}
