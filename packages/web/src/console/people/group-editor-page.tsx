// The editor of a smart group: the expression left, as rows or as text, and what it finds now right, with what would change.
import { Alert, Button, Card, Grid, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Group as SmartGroup } from '@gatehouse/contracts/admin/users.ts';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useRead } from '../../api/hooks.ts';
import { countDevices, explainMatch } from '../../api/operations/fleet.ts';
import { createGroup, listGroups, readGroup, updateGroup } from '../../api/operations/people.ts';
import { Created, Edited, type Saving } from '../../design/edited.tsx';
import { Failure } from '../../design/failure.tsx';
import { Loading } from '../../design/loading.tsx';
import { notifyDone } from '../../design/notify.tsx';
import { Page } from '../../design/page.tsx';
import { Plain } from '../../design/plain.tsx';
import { plainLine } from '../../design/plain-text.ts';
import { RouteLink, useAddressOf } from '../../design/route-link.tsx';
import { StatusMark } from '../../design/status-mark.tsx';
import { formatNumber } from '../../language/format.ts';
import { type Chosen, ChooseThing } from '../choices/choose-thing.tsx';
import { checkFor } from '../query/expression-state.ts';
import { ExpressionEditor } from './expression-editor.tsx';
import { peopleTexts } from './texts.ts';

const route = getRouteApi('/groups/$groupId/edit');

export function NewGroupPage() {
  const onDone = useSaved();
  return (
    <Created create={createGroup} refreshes={[listGroups, readGroup]} onDone={onDone}>
      {(saving) => <Editor group={undefined} {...saving} />}
    </Created>
  );
}

export function EditGroupPage() {
  const t = peopleTexts.use();
  const { groupId } = route.useParams() as { groupId: string };
  const onDone = useSaved();
  return (
    <Edited
      key={groupId}
      read={readGroup}
      change={updateGroup}
      given={{ params: { groupId } }}
      names={{ name: t('name'), description: t('description'), expression: t('expression') }}
      refreshes={[listGroups, readGroup]}
      onDone={onDone}
    >
      {({ thing, ...saving }) => <Editor group={thing as SmartGroup} {...saving} />}
    </Edited>
  );
}

/** Says so, and goes to the group. */
function useSaved(): (saved: { readonly id: string }) => void {
  const t = peopleTexts.use();
  const navigate = useNavigate();
  const addressOf = useAddressOf();
  return ({ id }) => {
    notifyDone(t('saved'));
    void navigate({ href: addressOf(`/groups/${id}`) });
  };
}

interface EditorProps extends Saving<{ name: string; description: string; expression: string }> {
  readonly group: SmartGroup | undefined;
}

function Editor({ group, save, isSaving, trouble }: EditorProps) {
  const t = peopleTexts.use();
  const [name, setName] = useState(group?.name ?? '');
  const [description, setDescription] = useState(group?.description ?? '');
  const [expression, setExpression] = useState(group?.expression ?? '');
  const state = checkFor('group', expression);
  return (
    <Page
      title={group === undefined ? t('editorNew') : plainLine(group.name, 80)}
      {...(group === undefined ? {} : { windowTitle: t('editorEdit') })}
      crumbs={[
        { text: t('groups'), to: '/groups' },
        ...(group === undefined ? [] : [{ text: plainLine(group.name, 60), to: `/groups/${group.id}` }]),
      ]}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (!state.isGood || name.trim() === '' || isSaving) return;
              save({ name: name.trim(), description: description.trim(), expression });
            }}
          >
            <Stack>
              <TextInput
                label={t('name')}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                maxLength={200}
                required
              />
              <TextInput
                label={t('description')}
                value={description}
                onChange={(event) => setDescription(event.currentTarget.value)}
                maxLength={500}
              />
              <ExpressionEditor value={expression} onChange={setExpression} kind="group" />
              {trouble}
              <Group justify="flex-end">
                <Button type="submit" loading={isSaving} disabled={!state.isGood || name.trim() === ''}>
                  {group === undefined ? t('create') : t('save')}
                </Button>
              </Group>
            </Stack>
          </form>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack>
            <Preview expression={state.isGood ? expression : ''} groupId={group?.id} />
            {state.isGood && <WhyIn expression={expression} />}
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function Preview({ expression, groupId }: { expression: string; groupId: string | undefined }) {
  const t = peopleTexts.use();
  const [settled] = useDebouncedValue(expression, 400);
  const count = useRead(
    countDevices,
    {
      body: {
        expression: settled,
        for: 'group',
        ...(groupId === undefined ? {} : { comparedWith: groupId }),
      },
    },
    { enabled: settled !== '', keep: true },
  );
  return (
    <Card component="section" aria-label={t('live')}>
      <Title order={2} size="h3" mb="xs">
        {t('live')}
      </Title>
      {expression === '' ? (
        <Text c="dimmed">{t('empty')}</Text>
      ) : count.error ? (
        <Failure problem={count.error} />
      ) : count.data === undefined ? (
        <Loading lines={3} />
      ) : (
        <Stack gap="xs">
          <Text fz="xl" fw={700} role="status">
            {t('finds', { count: count.data.matching }).replace(
              String(count.data.matching),
              formatNumber(count.data.matching),
            )}
          </Text>
          {count.data.compared !== undefined && (
            <Group gap="md">
              <Text size="sm">{t('entering', { count: count.data.compared.entering })}</Text>
              <Text size="sm">{t('leaving', { count: count.data.compared.leaving })}</Text>
            </Group>
          )}
          {count.data.untold > 0 && <Text size="sm">{t('untold', { count: count.data.untold })}</Text>}
          {!count.data.complete && <Alert color="orange">{t('notAll')}</Alert>}
          {count.data.devices.length > 0 && (
            <>
              <Text size="sm" fw={600}>
                {t('sample')}
              </Text>
              {count.data.devices.map((device) => (
                <RouteLink key={device.id} to={`/devices/${device.id}`} size="sm" py={3}>
                  <Plain text={device.name} limit={60} />
                </RouteLink>
              ))}
            </>
          )}
        </Stack>
      )}
    </Card>
  );
}

const kinds = { true: 'ok', false: 'bad', unknown: 'unknown' } as const;

function WhyIn({ expression }: { expression: string }) {
  const t = peopleTexts.use();
  const [device, setDevice] = useState<Chosen | null>(null);
  const [settled] = useDebouncedValue(expression, 400);
  const told = useRead(
    explainMatch,
    { body: { expression: settled, deviceId: device?.id ?? '', for: 'group' } },
    { enabled: device !== null },
  );
  return (
    <Card component="section" aria-label={t('why')}>
      <Title order={2} size="h3" mb="xs">
        {t('why')}
      </Title>
      <Stack gap="xs">
        <ChooseThing what="device" label={t('whyDevice')} chosen={device} onChoose={setDevice} />
        {told.error && <Failure problem={told.error} />}
        {told.data !== undefined && (
          <>
            <Text fw={600} role="status">
              {told.data.matches ? t('isIn') : t('isNotIn')}
            </Text>
            {told.data.parts.map((part) => (
              <div key={part.at}>
                <StatusMark kind={kinds[part.answer]} word={t(part.answer)} />
                <Text size="sm" ff="monospace">
                  <Plain text={part.text} />
                </Text>
                {part.reads.map(({ name, value }) => (
                  <Text size="sm" c="dimmed" key={name}>
                    {name}: <Plain text={value === null ? '–' : JSON.stringify(value)} limit={120} />
                  </Text>
                ))}
              </div>
            ))}
          </>
        )}
      </Stack>
    </Card>
  );
}
