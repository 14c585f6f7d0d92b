// One suite: its settings with the draft, its versions, whom it is assigned to.
import { ActionIcon, Button, Group, Menu, Text } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { useList, useRead } from '../../../api/hooks.ts';
import {
  getAssignmentReach,
  getPolicy,
  listAssignments,
  listPolicyVersions,
  type SettingValues,
  type Suite,
} from '../../../api/operations/policies.ts';
import { queryClient } from '../../../api/hooks.ts';
import { Failure } from '../../../design/failure.tsx';
import { Hint } from '../../../design/hint.tsx';
import { Loading } from '../../../design/loading.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { useMay } from '../../../session/session.ts';
import { valueText } from '../editor/field-words.ts';
import { editorTexts } from '../editor/texts.ts';
import { type Editing, useDraft } from '../editor/use-draft.ts';
import { useFieldErrors } from '../editor/use-field-errors.ts';
import { useSuiteSearch } from '../editor/use-saved-search.ts';
import { withoutEmpty } from '../model/changes.ts';
import { validate } from '../model/validate.ts';
import { policyTexts } from '../texts.ts';
import { MergePanel } from './merge-panel.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { SuiteEditor } from './suite-editor.tsx';
import { SuiteDialogs, type SuiteDialog } from './suite-dialogs.tsx';
import { type SettingsCatalogue, useSettingsCatalogue } from './use-settings-catalogue.ts';

// Tabs beside the one that opens are loaded when they are looked at.
const AssignmentsTab = lazy(async () => ({
  default: (await import('../editor/assignments-tab.tsx')).AssignmentsTab,
}));
const SuiteVersions = lazy(async () => ({ default: (await import('./suite-versions.tsx')).SuiteVersions }));

export function SuitePage() {
  const t = policyTexts.use();
  const { policyId } = useParams({ strict: false }) as { policyId: string };
  const suite = useRead(getPolicy, { params: { policyId } });
  const { catalogue, error, retry } = useSettingsCatalogue();
  const problem = suite.error ?? error;
  if (problem && (suite.data === undefined || catalogue === undefined)) {
    return (
      <Page title={t('suites')}>
        <Failure
          problem={problem}
          retry={() => {
            void suite.refetch();
            retry();
          }}
        />
      </Page>
    );
  }
  if (suite.data === undefined || suite.data === null || catalogue === undefined)
    return (
      <Page title={t('suites')}>
        <Loading lines={8} height={36} />
      </Page>
    );
  return <OpenSuite key={policyId} suite={suite.data} catalogue={catalogue} />;
}

function OpenSuite({ suite, catalogue }: { suite: Suite; catalogue: SettingsCatalogue }) {
  const t = policyTexts.use();
  const te = editorTexts.use();
  const may = useMay();
  const readOnly = !may('policies.manage');
  const [search] = useSuiteSearch();
  const tab = search.tab ?? 'settings';
  const editing = useDraft({ name: `policy/${suite.id}`, version: suite.version, values: suite.settings });
  const { draft } = editing;
  const reach = useRead(getAssignmentReach, { query: { itemId: suite.id } });
  const assignments = useList(listAssignments, { query: { itemId: suite.id, limit: 200 } });
  const [publishing, setPublishing] = useState<'publish' | 'preview' | undefined>(undefined);
  const [dialog, setDialog] = useState<SuiteDialog>(undefined);

  const fields = useMemo(() => [...catalogue.fields.values()], [catalogue]);
  const complaints = useMemo(
    () => validate(fields, draft.values, { onlyStated: true }),
    [fields, draft.values],
  );
  const errors = useFieldErrors(complaints);
  const sound = useMemo(() => {
    const wrong = new Set(complaints.map(({ path }) => path[0]));
    return Object.fromEntries(
      Object.entries(withoutEmpty(draft.values)).filter(([name]) => !wrong.has(name)),
    ) as SettingValues;
  }, [draft.values, complaints]);
  const titleOf = useCallback((name: string) => catalogue.fields.get(name)?.title ?? name, [catalogue]);
  const shown = useCallback(
    (name: string, value: unknown) =>
      valueText(catalogue.fields.get(name)?.node ?? { kind: 'json' }, value, te),
    [catalogue, te],
  );

  const overtaken = editing.isOvertaken;
  const open = (how: 'publish' | 'preview') => {
    if (errors.check()) setPublishing(how);
  };
  const to = `/policies/suites/${suite.id}`;
  const publishReason = readOnly
    ? t('readOnly')
    : editing.isChanged
      ? undefined
      : t('nothingChanged', { version: suite.version });
  return (
    <Page
      title={suite.name}
      crumbs={[{ text: t('suites'), to: '/policies/suites' }]}
      meaning={
        <Text size="sm" component="span">
          {suite.description === '' ? '' : `${suite.description} · `}
          {reach.data === undefined ? '' : t('reaches', { count: reach.data?.devices ?? 0 })}
        </Text>
      }
      status={
        editing.isChanged ? (
          <StatusMark
            kind="pending"
            word={t('draftOf', { version: draft.baseVersion })}
            why={t('draftKept')}
          />
        ) : (
          <StatusMark kind="ok" word={t('published', { version: suite.version })} since={suite.updatedAt} />
        )
      }
      action={
        <Group gap="xs">
          <Button
            variant="default"
            disabled={!editing.isChanged || readOnly || overtaken || !may('simulations.run')}
            onClick={() => open('preview')}
          >
            {t('preview')}
          </Button>
          <Hint label={publishReason ?? ''} disabled={publishReason === undefined}>
            <Button disabled={!editing.isChanged || readOnly || overtaken} onClick={() => open('publish')}>
              {t('publish')}
            </Button>
          </Hint>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="default" size="lg" aria-label={t('more')}>
                <IconDots size={18} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setDialog('discard')} disabled={!editing.isChanged}>
                {t('discard')}
              </Menu.Item>
              <Menu.Item onClick={() => setDialog('rename')} disabled={readOnly}>
                {t('rename')}
              </Menu.Item>
              <Menu.Item onClick={() => setDialog('export')}>{t('export')}</Menu.Item>
              <Menu.Item onClick={() => setDialog('import')} disabled={readOnly}>
                {t('importSuite')}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item color="red" onClick={() => setDialog('delete')} disabled={readOnly}>
                {t('remove')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      }
      tabs={[
        { text: t('settings'), to, selected: tab === 'settings' },
        { text: t('versions'), to: `${to}?tab=versions`, selected: tab === 'versions' },
        {
          text: t('assignments'),
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
      {overtaken && <Overtaken suite={suite} editing={editing} titleOf={titleOf} shown={shown} />}
      {tab === 'settings' && (
        <SuiteEditor
          suite={suite}
          catalogue={catalogue}
          editing={editing}
          errors={errors}
          sound={sound}
          readOnly={readOnly}
        />
      )}
      <Suspense fallback={<Loading />}>
        {tab === 'versions' && (
          <SuiteVersions suite={suite} titleOf={titleOf} shown={shown} readOnly={readOnly} />
        )}
        {tab === 'assignments' && (
          <AssignmentsTab
            item={{ kind: 'policy', id: suite.id, name: suite.name }}
            assignments={assignments}
            reach={reach.data ?? undefined}
          />
        )}
      </Suspense>
      {publishing !== undefined && (
        <PublishDialog
          suite={suite}
          settings={sound}
          titleOf={titleOf}
          shown={shown}
          previewAtOnce={publishing === 'preview'}
          onClose={() => setPublishing(undefined)}
          onPublished={(version, inRings) => {
            setPublishing(undefined);
            editing.discard();
            notifyDone(t(inRings ? 'rolloutStarted' : 'publishedNow', { version }));
          }}
          onOvertaken={() => {
            setPublishing(undefined);
            void queryClient.invalidateQueries({ queryKey: [getPolicy.id] });
            void queryClient.invalidateQueries({ queryKey: [listPolicyVersions.id] });
          }}
        />
      )}
      <SuiteDialogs
        dialog={dialog}
        onClose={() => setDialog(undefined)}
        suite={suite}
        editing={editing}
        fields={fields}
        devices={reach.data?.devices ?? 0}
      />
    </Page>
  );
}

type OvertakenProps = Pick<Parameters<typeof MergePanel>[0], 'titleOf' | 'shown'> & {
  readonly suite: Suite;
  readonly editing: Editing;
};

function Overtaken({ suite, editing, titleOf, shown }: OvertakenProps) {
  const versions = useRead(listPolicyVersions, { params: { policyId: suite.id }, query: { limit: 1 } });
  const latest = versions.data?.items[0];
  return (
    <MergePanel
      draft={editing.draft}
      theirs={suite.settings}
      theirVersion={suite.version}
      who={latest?.version === suite.version ? (latest.author ?? undefined) : undefined}
      titleOf={titleOf}
      shown={shown}
      onSettled={editing.rebase}
    />
  );
}
