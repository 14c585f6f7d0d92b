// One fact: how it came to be what it is, which rules use it, and who may collect it.
import { Button, Drawer, List, Stack, Text, Title } from '@mantine/core';
import type { Fact } from '@gatehouse/contracts/admin/devices.ts';
import { factDefinition, isFactName } from '@gatehouse/core/facts/catalogue.ts';
import { useList } from '../../../../api/hooks.ts';
import { listFactChanges } from '../../../../api/operations/device.ts';
import { Facts } from '../../../../design/facts.tsx';
import { Failure } from '../../../../design/failure.tsx';
import { JsonText } from '../../../../design/json-text.tsx';
import { Loading } from '../../../../design/loading.tsx';
import { Plain } from '../../../../design/plain.tsx';
import { RouteLink } from '../../../../design/route-link.tsx';
import { Time } from '../../../../design/time.tsx';
import { factValueText } from '../fact-value.ts';
import { deviceTexts } from '../texts.ts';
import { useDeviceId, useExplanation } from '../use-device.ts';
import { factTitle } from './fact-title.ts';
import { factsTexts } from './texts.ts';

export function FactDrawer({ fact, onClose }: { fact: Fact | undefined; onClose: () => void }) {
  return (
    <Drawer
      opened={fact !== undefined}
      onClose={onClose}
      position="right"
      size="md"
      title={fact === undefined ? '' : factTitle(fact.name)}
    >
      {fact !== undefined && <FactDetail fact={fact} />}
    </Drawer>
  );
}

function FactDetail({ fact }: { fact: Fact }) {
  const t = factsTexts.use();
  const definition = isFactName(fact.name) ? factDefinition(fact.name) : undefined;
  return (
    <Stack>
      <Facts
        rows={[
          { label: t('value'), value: <Plain text={factValueText(fact.value, fact.unit)} /> },
          { label: t('source'), value: t(fact.source) },
          { label: t('age'), value: <Time at={fact.observedAt} /> },
          { label: t('fact'), value: fact.name },
          definition !== undefined && { label: t('class'), value: t(definition.privacy) },
        ]}
      />
      <Rules name={fact.name} />
      <Changes fact={fact} />
      {Array.isArray(fact.value) && fact.value.length > 0 && (
        <section>
          <Title order={3}>{t('whole')}</Title>
          <JsonText value={fact.value.slice(0, 200)} label={t('whole')} />
        </section>
      )}
    </Stack>
  );
}

function Rules({ name }: { name: string }) {
  const t = factsTexts.use();
  const deviceId = useDeviceId();
  const { data } = useExplanation();
  if (data === undefined) return null;
  const rules = data.rules.filter(({ evidence }) => evidence.some(({ fact }) => fact === name));
  return (
    <section>
      <Title order={3}>{t('rules')}</Title>
      {rules.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('noRules')}
        </Text>
      ) : (
        <List size="sm">
          {rules.map((rule) => (
            <List.Item key={rule.id}>
              <RouteLink to={`/devices/${deviceId}/why`} size="sm">
                <Plain text={rule.title} limit={100} />
              </RouteLink>
            </List.Item>
          ))}
        </List>
      )}
    </section>
  );
}

function Changes({ fact }: { fact: Fact }) {
  const t = factsTexts.use();
  const d = deviceTexts.use();
  const deviceId = useDeviceId();
  const list = useList(listFactChanges, { params: { deviceId }, query: { fact: fact.name, limit: 20 } });
  const shown = (value: unknown) => factValueText(value, fact.unit);
  return (
    <section>
      <Title order={3}>{t('history')}</Title>
      {list.isPending ? (
        <Loading lines={2} />
      ) : list.error !== null ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : list.items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('noHistory')}
        </Text>
      ) : (
        <List size="sm">
          {list.items.map((change) => (
            <List.Item key={`${change.observedAt} ${change.source}`}>
              <Time at={change.observedAt} />:{' '}
              <Plain
                text={
                  change.before === null
                    ? t('firstly', { after: shown(change.after) })
                    : t('from', { before: shown(change.before), after: shown(change.after) })
                }
                limit={300}
              />
            </List.Item>
          ))}
        </List>
      )}
      {list.hasMore && (
        <Button size="xs" variant="default" mt="xs" onClick={list.loadMore} loading={list.isLoadingMore}>
          {d('loadMore')}
        </Button>
      )}
    </section>
  );
}
