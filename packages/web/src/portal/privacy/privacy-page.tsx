// The privacy ledger: what is held, what was looked at or done, what is not collected, and what would happen if.
import { Anchor, Button, Card, Group, List, Stack, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { LedgerDevice } from '@gatehouse/contracts/my/ledger.ts';
import { addressOf } from '../../api/call.ts';
import { useList, useRead } from '../../api/hooks.ts';
import { EmptyState } from '../../design/empty-state.tsx';
import { Failure } from '../../design/failure.tsx';
import { Loading } from '../../design/loading.tsx';
import { Page } from '../../design/page.tsx';
import { Plain } from '../../design/plain.tsx';
import { Time } from '../../design/time.tsx';
import { downloadMyLedger, listMyDeeds, readMyLedger } from '../operations.ts';
import shared from '../portal.module.css';
import { useMyself } from '../session/portal-session.ts';
import { useSpoken } from '../use-spoken.ts';
import { factValue } from './fact-value.ts';
import { privacyTexts } from './texts.ts';

type Say = ReturnType<typeof privacyTexts.use>;

export function PrivacyPage() {
  const t = privacyTexts.use();
  const query = useSpoken();
  const me = useMyself();
  const ledger = useRead(readMyLedger, { query }, { keep: true });
  const devices = ledger.data?.devices ?? [];
  const organization = me.organization.name;
  const count = devices.length;
  const email = me.support.email;
  const [isPrinting, setPrinting] = useState(false);
  return (
    <Page
      title={t('title')}
      heading={count === 0 ? t('headNone', { organization }) : t('head', { organization, count })}
      meaning={
        ledger.data?.changedAt ? (
          <>
            {t('changed')}: <Time at={ledger.data.changedAt} />
          </>
        ) : undefined
      }
      action={
        <Group gap="xs">
          {email !== null && /^[^\s@<>"']+@[^\s@<>"']+$/.test(email) && (
            <Button component="a" variant="default" size="md" href={`mailto:${encodeURIComponent(email)}`}>
              {t('ask')}
            </Button>
          )}
          <Button variant="default" size="md" onClick={() => setPrinting(true)} loading={isPrinting}>
            {t('print')}
          </Button>
          <Button
            component="a"
            size="md"
            href={addressOf(downloadMyLedger, { query })}
            download="my-data.json"
          >
            {t('download')}
          </Button>
        </Group>
      }
    >
      <Deeds
        isPrinting={isPrinting}
        onReady={() => {
          setPrinting(false);
          window.print();
        }}
      />
      {ledger.error && ledger.data === undefined ? (
        <Failure problem={ledger.error} retry={() => void ledger.refetch()} />
      ) : ledger.data === undefined ? (
        <Loading height={100} lines={3} />
      ) : (
        devices.map((device) => <HeldFacts key={device.id} device={device} t={t} />)
      )}
      <Never />
      <WhatIf kept={ledger.data?.kept.changesPerDevice} />
    </Page>
  );
}

/** What was looked at or done, the latest first. What is printed has everything: pages are loaded until there are no more. */
function Deeds({ isPrinting, onReady }: { isPrinting: boolean; onReady: () => void }) {
  const t = privacyTexts.use();
  const spoken = useSpoken();
  const deeds = useList(listMyDeeds, { query: { ...spoken, limit: 10 } }, { every: 10_000 });
  const { hasMore, loadMore, isLoadingMore, isPending, error } = deeds;
  useEffect(() => {
    if (!isPrinting || isPending || isLoadingMore) return;
    if (hasMore && error === null) loadMore();
    else onReady();
  });
  return (
    <Card component="section" aria-labelledby="deeds">
      <Stack gap="sm" align="flex-start">
        <div>
          <Title order={2} id="deeds">
            {t('deeds')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('deedsMeaning')}
          </Text>
        </div>
        {deeds.error && deeds.items.length === 0 ? (
          <Failure problem={deeds.error} retry={deeds.refetch} />
        ) : deeds.isPending ? (
          <Loading lines={2} />
        ) : deeds.items.length === 0 ? (
          <EmptyState title={t('deedsNone')} />
        ) : (
          <ul className={shared.list}>
            {deeds.items.map((deed, index) => (
              // Entries of one moment have no other identity than their place.
              <li key={`${deed.at}${index}`} className={shared.entry}>
                <Text fw={deed.kind === 'location' ? 600 : 400}>
                  {deed.who ?? t('automatic')} {deed.text}
                  {deed.refused && ` (${t('tried')})`}
                </Text>
                <Text size="sm" c="dimmed" component="div">
                  <Time at={deed.at} form="time" />
                  {deed.device !== null && (
                    <>
                      {' · '}
                      <Plain text={deed.device.name} limit={60} />
                    </>
                  )}
                  {deed.reason !== null && (
                    <>
                      {' · '}
                      <Plain text={t('reason', { reason: deed.reason })} />
                    </>
                  )}
                </Text>
              </li>
            ))}
          </ul>
        )}
        {deeds.hasMore && (
          <Button variant="default" onClick={deeds.loadMore} loading={deeds.isLoadingMore}>
            {t('more')}
          </Button>
        )}
      </Stack>
    </Card>
  );
}

function HeldFacts({ device, t }: { device: LedgerDevice; t: Say }) {
  return (
    <Card component="section" aria-labelledby={`facts-${device.id}`}>
      <Stack>
        <div>
          <Title order={2} id={`facts-${device.id}`}>
            <Plain text={t('facts', { name: device.name })} limit={120} />
          </Title>
          <Text size="sm" c="dimmed" component="div">
            {t('since')} <Time at={device.since} form="time" />
          </Text>
        </div>
        {device.areas.length === 0 && <Text>{t('factsNone')}</Text>}
        {device.areas.map((area) => (
          <details key={area.area} open={area.area === 'security'}>
            <summary>
              <Text fw={600} component="span">
                {area.title} ({area.facts.length})
              </Text>
            </summary>
            <ul className={shared.list}>
              {area.facts.map((fact) => (
                <Fact key={fact.text} fact={fact} t={t} />
              ))}
            </ul>
          </details>
        ))}
        <div>
          <Title order={3}>{t('notCollected')}</Title>
          {device.notCollected.length === 0 ? (
            <Text size="sm">{t('everythingCollected')}</Text>
          ) : (
            <List size="sm">
              {device.notCollected.map((each) => (
                <List.Item key={each.text}>
                  {each.text}: {t(each.because)}
                </List.Item>
              ))}
            </List>
          )}
        </div>
      </Stack>
    </Card>
  );
}

function Fact({ fact, t }: { fact: LedgerDevice['areas'][number]['facts'][number]; t: Say }) {
  const covered = fact.privacy !== 'technical';
  const [open, setOpen] = useState(!covered);
  const value = factValue(fact.value, fact.unit, {
    yes: t('yes'),
    no: t('no'),
    none: t('none'),
    entries: (count) => t('entries', { count }),
  });
  const source = fact.source === 'administrator' ? t('administratorSource') : t(fact.source);
  return (
    <li className={shared.entry}>
      <div className={shared.fact}>
        <Text size="sm">{fact.text}</Text>
        <Text size="sm" fw={550} component="div">
          {open ? (
            value.entries === undefined && <Plain text={value.line} />
          ) : (
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => setOpen(true)}
              aria-label={t('revealLabel', { what: fact.text })}
            >
              {t('reveal')}
            </Anchor>
          )}
          {open && value.entries !== undefined && (
            <details>
              <summary>{value.line}</summary>
              <List size="sm">
                {value.entries.map((entry, index) => (
                  // What a device lists may be there twice.
                  <List.Item key={index}>
                    <Plain text={entry} limit={160} />
                  </List.Item>
                ))}
              </List>
            </details>
          )}
        </Text>
      </div>
      <Text size="xs" c="dimmed" component="div">
        {t('source')} {source}, <Time at={fact.at} form="time" /> · {t('needed')}:{' '}
        {fact.neededFor.length === 0 ? t('inventory') : fact.neededFor.join(', ')} ·{' '}
        {t(fact.history ? 'keptHistory' : 'kept')}
      </Text>
    </li>
  );
}

function Never() {
  const t = privacyTexts.use();
  return (
    <Card component="section" aria-labelledby="never">
      <Title order={2} id="never">
        {t('never')}
      </Title>
      <List>
        {t('neverList')
          .split('|')
          .map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
      </List>
    </Card>
  );
}

function WhatIf({ kept }: { kept: number | undefined }) {
  const t = privacyTexts.use();
  return (
    <Card component="section" aria-labelledby="what-if">
      <Stack gap="sm">
        <Title order={2} id="what-if">
          {t('whatIf')}
        </Title>
        {(['ifRemoved', 'ifLeave', 'ifLost'] as const).map((key) => (
          <div key={key}>
            <Text fw={600}>{t(key)}</Text>
            <Text size="sm">{t(`${key}Text`)}</Text>
          </div>
        ))}
        {kept !== undefined && (
          <Text size="sm" c="dimmed">
            {t('limits', { count: kept })}
          </Text>
        )}
      </Stack>
    </Card>
  );
}
