// Everything that is known of the device, by area: value, source and age in each row, and what is not collected, with the reason.
import { Accordion, Button, List, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import type { DeviceFacts, Fact } from '@gatehouse/contracts/admin/devices.ts';
import { factAreaWords } from '@gatehouse/core/portal/fact-words.ts';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { EmptyState } from '../../../../design/empty-state.tsx';
import { Failure } from '../../../../design/failure.tsx';
import { Loading } from '../../../../design/loading.tsx';
import { Plain } from '../../../../design/plain.tsx';
import { plainLine } from '../../../../design/plain-text.ts';
import { RouteLink } from '../../../../design/route-link.tsx';
import { addressWith } from '../../../../design/search-params.ts';
import { Time } from '../../../../design/time.tsx';
import { currentLanguage } from '../../../../language/texts.ts';
import { deviceTexts } from '../texts.ts';
import { factValueText } from '../fact-value.ts';
import { useDevice, useDeviceId } from '../use-device.ts';
import { FactDrawer } from './fact-drawer.tsx';
import { factsByArea, factTitle } from './fact-title.ts';
import type { FactsSearch } from './facts-search.ts';
import { factsTexts } from './texts.ts';
import { useFacts } from './use-facts.ts';

export function FactsTab() {
  const t = factsTexts.use();
  const deviceId = useDeviceId();
  const { data, error, isPending, refetch } = useFacts();
  const search = useSearch({ strict: false }) as FactsSearch;
  const navigate = useNavigate();
  const go = (change: { q?: string | undefined; fact?: string | undefined }) =>
    void navigate({
      to: '/devices/$deviceId/facts' as string,
      params: { deviceId } as never,
      search: { ...search, ...change } as never,
      replace: true,
      resetScroll: false,
    });
  if (isPending) return <Loading lines={8} />;
  if (data === undefined) return <Failure problem={error} retry={() => void refetch()} />;
  const open = data.facts.find(({ name }) => name === search.fact);
  return (
    <Stack>
      <TextInput
        type="search"
        label={t('search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search.q ?? ''}
        onChange={(event) => go({ q: event.currentTarget.value })}
        maw={420}
      />
      <Notices facts={data} />
      {data.facts.length === 0 ? (
        <EmptyState title={t('none')}>{t('noneText')}</EmptyState>
      ) : (
        <FactAreas facts={data.facts} wanted={search.q ?? ''} onClear={() => go({ q: undefined })} />
      )}
      <NotCollected facts={data} wanted={search.q ?? ''} />
      <FactDrawer fact={open} onClose={() => go({ fact: undefined })} />
    </Stack>
  );
}

function Notices({ facts }: { facts: DeviceFacts }) {
  const t = factsTexts.use();
  const withheld = facts.withheld.map((each) => t(each));
  const personal = facts.facts.some(({ privacy }) => privacy === 'personal');
  return (
    <Text size="sm" c="dimmed">
      {personal && `${t('recorded')} `}
      {withheld.length > 0 && `${t('withheld', { classes: withheld.join(', ') })} `}
      {t('shownUnderLocation')}
    </Text>
  );
}

function FactAreas(props: { facts: readonly Fact[]; wanted: string; onClear: () => void }) {
  const d = deviceTexts.use();
  const areas = factsByArea(props.facts, props.wanted);
  if (areas.length === 0) {
    return (
      <EmptyState
        title={d('nothingMatches', { text: plainLine(props.wanted, 60) })}
        action={
          <Button variant="default" size="xs" onClick={props.onClear}>
            {d('clear')}
          </Button>
        }
      />
    );
  }
  return areas.map(({ area, facts }) => (
    <section key={area} aria-labelledby={`area-${area}`}>
      <Title order={2} id={`area-${area}`} mb="xs">
        {factAreaWords(area, currentLanguage())}
      </Title>
      <FactTable facts={facts} label={factAreaWords(area, currentLanguage())} />
    </section>
  ));
}

function FactTable({ facts, label }: { facts: readonly Fact[]; label: string }) {
  const t = factsTexts.use();
  const deviceId = useDeviceId();
  const search = useSearch({ strict: false }) as FactsSearch;
  return (
    <Table aria-label={label} layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('fact')}</Table.Th>
          <Table.Th>{t('value')}</Table.Th>
          <Table.Th w="35%">
            {t('source')} · {t('age')}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {facts.map((fact) => (
          <Table.Tr key={fact.name}>
            <Table.Th scope="row" fw={400}>
              <RouteLink
                to={addressWith(`/devices/${deviceId}/facts`, { ...search, fact: fact.name })}
                size="sm"
              >
                {factTitle(fact.name)}
              </RouteLink>
            </Table.Th>
            <Table.Td>
              <Plain text={factValueText(fact.value, fact.unit)} />
            </Table.Td>
            <Table.Td>
              {t(fact.source)} · <Time at={fact.observedAt} />
              {fact.contradictedBy?.map((other) => (
                <Text key={other.source} size="xs" c="dimmed">
                  <Plain
                    text={t('contradicted', {
                      source: t(other.source),
                      value: factValueText(other.value, fact.unit),
                    })}
                  />
                </Text>
              ))}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function NotCollected({ facts, wanted }: { facts: DeviceFacts; wanted: string }) {
  const t = factsTexts.use();
  const d = deviceTexts.use();
  const { data: device } = useDevice();
  const text = wanted.trim().toLowerCase();
  const missing = facts.notCollected.filter(({ name }) => factTitle(name).toLowerCase().includes(text));
  if (missing.length === 0 || device === undefined) return null;
  return (
    <Accordion variant="contained" transitionDuration={0} keepMounted={false} order={2}>
      <Accordion.Item value="not-collected">
        <Accordion.Control>{t('notCollectedHead')}</Accordion.Control>
        <Accordion.Panel>
          <Text size="sm" mb="xs">
            {t('notCollectedText', { count: missing.length, ownership: d(device.ownership) })}
          </Text>
          <List size="sm">
            {missing.map(({ name, privacy }) => (
              <List.Item key={name}>
                {factTitle(name)} – {t('notCollected')}: {t(privacy)}
              </List.Item>
            ))}
          </List>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
