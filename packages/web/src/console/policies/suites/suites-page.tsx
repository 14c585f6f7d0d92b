// All suites: what each holds, to whom it is assigned, when it was changed.
import type { Assignment } from '@gatehouse/contracts/admin/policies.ts';
import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useChange, useList } from '../../../api/hooks.ts';
import {
  createPolicy,
  listAssignments,
  listPolicies,
  type SettingValues,
  type Suite,
} from '../../../api/operations/policies.ts';
import { type ApiProblem, isApiProblem } from '../../../api/problem.ts';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure, problemText } from '../../../design/failure.tsx';
import { Hint } from '../../../design/hint.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { Time } from '../../../design/time.tsx';
import { useMay } from '../../../session/session.ts';
import { policyTexts, type SayPolicy } from '../texts.ts';
import { assignedTo } from './assigned-to.ts';
import { ImportDialog } from './import-dialog.tsx';
import { useSettingsCatalogue } from './use-settings-catalogue.ts';

export function SuitesPage() {
  const t = policyTexts.use();
  const may = useMay();
  const mayManage = may('policies.manage');
  const list = useList(listPolicies, { query: { limit: 200 } });
  const assignments = useList(listAssignments, { query: { limit: 500 } });
  const [dialog, setDialog] = useState<'new' | 'import' | undefined>(undefined);
  const byItem = useMemo(() => Map.groupBy(assignments.items, ({ item }) => item.id), [assignments.items]);
  const create = (
    <Hint label={t('readOnly')} disabled={mayManage}>
      <Button disabled={!mayManage} onClick={() => setDialog('new')}>
        {t('newSuite')}
      </Button>
    </Hint>
  );
  return (
    <Page
      title={t('suites')}
      meaning={t('suitesMeaning')}
      action={
        <Group gap="xs">
          <Button variant="default" disabled={!mayManage} onClick={() => setDialog('import')}>
            {t('importSuite')}
          </Button>
          {create}
        </Group>
      }
    >
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('suites')}
          columns={columnsOf(t, byItem)}
          rows={list.items}
          rowKey={(row) => row.id}
          rowLabel={(row) => row.name}
          rowLink={(row) => `/policies/suites/${row.id}`}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          isPending={list.isPending}
          empty={
            <EmptyState title={t('noSuites')} action={create}>
              {t('noSuitesText')}
            </EmptyState>
          }
        />
      )}
      {dialog === 'new' && <NewSuite onClose={() => setDialog(undefined)} />}
      {dialog === 'import' && <ImportSuite onClose={() => setDialog(undefined)} />}
    </Page>
  );
}

function columnsOf(
  t: SayPolicy,
  byItem: ReadonlyMap<string, readonly Assignment[]>,
): readonly Column<Suite>[] {
  return [
    {
      key: 'name',
      title: t('name'),
      card: 'title',
      render: (row) => (
        <RouteLink to={`/policies/suites/${row.id}`} size="sm">
          <Plain text={row.name} limit={100} />
        </RouteLink>
      ),
    },
    {
      key: 'settings',
      title: t('settings'),
      width: '9rem',
      render: (row) => t('settingCount', { count: Object.keys(row.settings).length }),
    },
    {
      key: 'assigned',
      title: t('assignedTo'),
      render: (row) => <Plain text={assignedTo(byItem.get(row.id), t)} />,
    },
    { key: 'version', title: t('version'), width: '6rem', align: 'end', render: (row) => row.version },
    { key: 'changed', title: t('changed'), width: '11rem', render: (row) => <Time at={row.updatedAt} /> },
  ];
}

function useCreate(onClose: () => void) {
  const navigate = useNavigate();
  return useChange(createPolicy, {
    refreshes: [listPolicies],
    onDone: ({ id }) => {
      onClose();
      void navigate({ to: `/policies/suites/${id}` } as never);
    },
  });
}

function NewSuite({ onClose }: { onClose: () => void }) {
  const t = policyTexts.use();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [tried, setTried] = useState(false);
  const create = useCreate(onClose);
  const taken = isApiProblem(create.error, 'name-taken');
  return (
    <Modal closeButtonProps={{ 'aria-label': t('close') }} opened onClose={onClose} title={t('newSuite')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (name.trim() !== '') create.mutate({ body: { name: name.trim(), description, settings: {} } });
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('name')}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
              if (taken) create.reset();
            }}
            error={taken ? t('nameTaken') : tried && name.trim() === '' ? t('enterName') : undefined}
            maxLength={100}
            required
            data-autofocus
          />
          <Textarea
            label={t('description')}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value.replace(/[\r\n]+/g, ' '))}
            maxLength={1_000}
            autosize
          />
          {create.error && !taken && <Failure problem={create.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t('create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function ImportSuite({ onClose }: { onClose: () => void }) {
  const t = policyTexts.use();
  const { catalogue } = useSettingsCatalogue();
  const create = useCreate(onClose);
  const fields = useMemo(() => [...(catalogue?.fields.values() ?? [])], [catalogue]);
  if (catalogue === undefined) return null;
  return (
    <ImportDialog
      fields={fields}
      onClose={onClose}
      into="suite"
      busy={create.isPending}
      error={createError(create.error, t)}
      onTake={(settings, name) => create.mutate({ body: { name, settings: settings as SettingValues } })}
    />
  );
}

function createError(problem: ApiProblem | null, t: SayPolicy): string | undefined {
  if (problem === null) return undefined;
  return isApiProblem(problem, 'name-taken') ? t('nameTaken') : problemText(problem);
}
