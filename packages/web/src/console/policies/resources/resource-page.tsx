// One resource: what it holds, its versions, whom it is assigned to.
import type { Resource } from '@gatehouse/contracts/admin/resources.ts';
import { Button, Group, Text, TextInput } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { queryClient, useChange, useList, useRead } from '../../../api/hooks.ts';
import {
  deleteResource,
  getAssignmentReach,
  getResource,
  listAssignments,
  listResources,
  listResourceVersions,
  updateResource,
} from '../../../api/operations/policies.ts';
import { isApiProblem } from '../../../api/problem.ts';
import { Ask } from '../../../design/ask.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { formatTime } from '../../../language/format.ts';
import { currentLanguage } from '../../../language/texts.ts';
import { useMay } from '../../../session/session.ts';
import { useActorName } from '../../actors/actor-name.tsx';
import { AssignmentsTab } from '../editor/assignments-tab.tsx';
import { valueText } from '../editor/field-words.ts';
import { editorTexts } from '../editor/texts.ts';
import { useSuiteSearch } from '../editor/use-saved-search.ts';
import { type VersionRow, VersionsList } from '../editor/versions-list.tsx';
import { fieldsToSend, secretOrigins, valuesOf } from '../model/resource-values.ts';
import { MergePanel } from '../suites/merge-panel.tsx';
import { policyTexts } from '../texts.ts';
import { ResourceEditor } from './resource-editor.tsx';
import { ServerProblem } from './server-problem.tsx';
import { resourceTexts } from './texts.ts';
import { relevantValues, useResourceForm } from './use-resource-form.ts';
import { type Schema, useSchema } from './use-schema.ts';
import { kindTitle } from './words.ts';

export function ResourcePage() {
  const t = resourceTexts.use();
  const { resourceId } = useParams({ strict: false }) as { resourceId: string };
  const { data, error, refetch } = useRead(getResource, { params: { resourceId } });
  const type = data?.fields['type'];
  const schema = useSchema(data?.kind, typeof type === 'string' ? type : undefined);
  const problem = error ?? schema.error;
  if (data !== undefined && data !== null && schema.schema !== undefined)
    return <OpenResource key={resourceId} resource={data} schema={schema.schema} />;
  return (
    <Page title={t('resources')} crumbs={[{ text: t('resources'), to: '/policies/resources' }]}>
      {problem ? (
        <Failure
          problem={problem}
          retry={() => {
            void refetch();
            schema.retry();
          }}
        />
      ) : (
        <Loading lines={8} height={36} />
      )}
    </Page>
  );
}

const refreshes = [getResource, listResources, listResourceVersions];

function OpenResource({ resource, schema }: { resource: Resource; schema: Schema }) {
  const t = resourceTexts.use();
  const tp = policyTexts.use();
  const te = editorTexts.use();
  const may = useMay();
  const nameOf = useActorName();
  const readOnly = !may('resources.manage');
  const [search] = useSuiteSearch();
  const tab = search.tab ?? 'settings';
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const { id, kind, version } = resource;
  const stored = useMemo(() => new Set(resource.secrets), [resource.secrets]);
  const values = useMemo(() => valuesOf(kind, resource.fields), [kind, resource.fields]);
  const { editing, errors } = useResourceForm(schema, { name: `resource/${id}`, version, values }, stored);
  const reach = useRead(getAssignmentReach, { query: { itemId: id } }, { enabled: may('policies.read') });
  const assignments = useList(
    listAssignments,
    { query: { itemId: id, limit: 200 } },
    { enabled: may('policies.read') },
  );
  const list = useList(listResourceVersions, { params: { resourceId: id }, query: { limit: 50 } });
  const origins = useMemo(() => secretOrigins(list.items), [list.items]);
  const type = typeof resource.fields['type'] === 'string' ? resource.fields['type'] : undefined;
  const titleOf = useCallback(
    (name: string) => schema.fields.find((each) => each.name === name)?.title ?? name,
    [schema],
  );
  const shown = useCallback(
    (name: string, value: unknown) =>
      valueText(schema.fields.find((each) => each.name === name)?.node ?? { kind: 'json' }, value, te),
    [schema, te],
  );
  const save = useChange(updateResource, {
    refreshes,
    onDone: (saved) => {
      editing.discard();
      setReason('');
      notifyDone(t('saved', { version: saved.version }));
    },
    onError: (problem) => {
      if (isApiProblem(problem, 'version-changed'))
        for (const { id: operation } of refreshes)
          void queryClient.invalidateQueries({ queryKey: [operation] });
    },
  });
  const send = () => {
    if (!errors.check()) return;
    save.mutate({
      params: { resourceId: id },
      body: {
        fields: fieldsToSend(kind, type, schema.fields, relevantValues(schema, editing.draft.values)),
        expectedVersion: version,
        ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
      },
    });
  };
  const versions = list.items.map(
    ({ fields, changedSecrets: _secrets, ...rest }): VersionRow => ({
      ...rest,
      values: valuesOf(kind, fields),
    }),
  );
  const to = `/policies/resources/${id}`;
  return (
    <Page
      title={resource.name}
      crumbs={[{ text: t('resources'), to: '/policies/resources' }]}
      meaning={[
        kindTitle(kind, currentLanguage()),
        schema.title,
        reach.data ? t('reaches', { count: reach.data.devices }) : '',
        resource.variables.length > 0
          ? t('needs', { names: resource.variables.map((name) => `%${name}%`).join(', ') })
          : '',
      ]
        .filter((part) => part !== '')
        .join(' · ')}
      status={
        editing.isChanged ? (
          <StatusMark
            kind="pending"
            word={tp('draftOf', { version: editing.draft.baseVersion })}
            why={tp('draftKept')}
          />
        ) : (
          <StatusMark kind="ok" word={tp('versionNo', { version })} since={resource.updatedAt} />
        )
      }
      action={
        <Group gap="xs">
          <Button variant="default" color="red" disabled={readOnly} onClick={() => setAsking(true)}>
            {tp('remove')}
          </Button>
          {editing.isChanged && (
            <Button variant="default" onClick={editing.discard}>
              {tp('discard')}
            </Button>
          )}
          <Button
            onClick={send}
            loading={save.isPending}
            disabled={readOnly || !editing.isChanged || editing.isOvertaken}
          >
            {t('save')}
          </Button>
        </Group>
      }
      tabs={[
        { text: tp('settings'), to, selected: tab === 'settings' },
        { text: tp('versions'), to: `${to}?tab=versions`, selected: tab === 'versions' },
        {
          text: tp('assignments'),
          to: `${to}?tab=assignments`,
          selected: tab === 'assignments',
          count: assignments.items.length,
        },
      ]}
    >
      {readOnly && (
        <Text size="sm" c="dimmed">
          {t('readOnly')}
        </Text>
      )}
      {editing.isOvertaken && (
        <MergePanel
          draft={editing.draft}
          theirs={values}
          theirVersion={version}
          who={list.items[0]?.version === version ? (list.items[0].author ?? undefined) : undefined}
          titleOf={titleOf}
          shown={shown}
          onSettled={editing.rebase}
        />
      )}
      {save.error && !isApiProblem(save.error, 'version-changed') && <ServerProblem problem={save.error} />}
      {tab === 'settings' && (
        <>
          <ResourceEditor
            schema={schema}
            editing={editing}
            errors={errors}
            secrets={{
              stored,
              describe: (name) => {
                const origin = origins.get(name);
                if (origin === undefined) return undefined;
                return { time: formatTime(origin.at), who: origin.author ?? nameOf(origin.createdBy) };
              },
            }}
            readOnly={readOnly}
          />
          {editing.isChanged && !readOnly && (
            <TextInput
              label={te('reason')}
              description={te('reasonHint')}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              maxLength={500}
              maw={480}
            />
          )}
        </>
      )}
      {tab === 'versions' &&
        (list.isPending ? (
          <Loading lines={5} />
        ) : (
          <ResourceVersions
            resource={resource}
            type={type}
            schema={schema}
            versions={versions}
            list={list}
            titleOf={titleOf}
            shown={shown}
            readOnly={readOnly}
          />
        ))}
      {tab === 'assignments' && (
        <AssignmentsTab
          item={{ kind: 'resource', id, name: resource.name }}
          assignments={assignments}
          reach={reach.data ?? undefined}
        />
      )}
      {asking && (
        <DeleteResource
          resource={resource}
          devices={reach.data?.devices ?? 0}
          onClose={() => setAsking(false)}
        />
      )}
    </Page>
  );
}

interface ResourceVersionsProps
  extends Pick<Parameters<typeof VersionsList>[0], 'titleOf' | 'shown' | 'versions'> {
  readonly resource: Resource;
  readonly type: string | undefined;
  readonly schema: Schema;
  readonly list: { readonly hasMore: boolean; readonly loadMore: () => void };
  readonly readOnly: boolean;
}

function ResourceVersions(props: ResourceVersionsProps) {
  const tp = policyTexts.use();
  const { resource, type, schema, list, readOnly } = props;
  const [back, setBack] = useState<VersionRow | undefined>(undefined);
  const change = useChange(updateResource, {
    refreshes,
    onDone: (saved) => {
      notifyDone(tp('backDone', { version: saved.version, from: back?.version ?? 0 }));
      setBack(undefined);
    },
  });
  return (
    <>
      <VersionsList
        versions={props.versions}
        current={resource.version}
        hasMore={list.hasMore}
        loadMore={list.loadMore}
        titleOf={props.titleOf}
        shown={props.shown}
        onGoBack={readOnly ? undefined : setBack}
      />
      {back !== undefined && (
        <Ask
          opened
          onClose={() => setBack(undefined)}
          title={tp('backTitle', { version: back.version })}
          verb={tp('backTo', { version: back.version })}
          busy={change.isPending}
          problem={change.error}
          onConfirm={() =>
            change.mutate({
              params: { resourceId: resource.id },
              body: {
                fields: fieldsToSend(resource.kind, type, schema.fields, back.values),
                reason: tp('backReason', { version: back.version }),
                expectedVersion: resource.version,
              },
            })
          }
        >
          <Text size="sm">{tp('backText', { version: back.version })}</Text>
          {resource.secrets.length > 0 && <Text size="sm">{tp('backSecrets')}</Text>}
        </Ask>
      )}
    </>
  );
}

interface DeleteProps {
  readonly resource: Resource;
  readonly devices: number;
  readonly onClose: () => void;
}

function DeleteResource({ resource, devices, onClose }: DeleteProps) {
  const t = resourceTexts.use();
  const tp = policyTexts.use();
  const navigate = useNavigate();
  const change = useChange(deleteResource, {
    refreshes: [listResources],
    onDone: () => {
      notifyDone(tp('removed', { name: resource.name }));
      void navigate({ to: '/policies/resources' } as never);
    },
  });
  return (
    <Ask
      opened
      onClose={onClose}
      title={tp('removeTitle', { name: resource.name })}
      verb={tp('remove')}
      danger
      typed={resource.name}
      busy={change.isPending}
      problem={change.error}
      consequences={{
        goes: [t('deleteGoes')],
        after: devices === 0 ? [] : [t('deleteAfter', { count: devices })],
      }}
      onConfirm={() => change.mutate({ params: { resourceId: resource.id } })}
    />
  );
}
