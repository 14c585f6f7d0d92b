// What all pages of settings have in common: the title, the tabs of those that somebody may see, and how a draft is saved.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Conflict } from '../../design/conflict.tsx';
import { Failure } from '../../design/failure.tsx';
import { Loading } from '../../design/loading.tsx';
import { Page } from '../../design/page.tsx';
import { useMay } from '../../session/session.ts';
import { tabsFor, type SettingsTab } from './settings-tabs.ts';
import { settingsTexts } from './texts.ts';
import type { Draft } from './use-draft.ts';

export function SettingsFrame({
  tab,
  meaning,
  action,
  children,
}: {
  tab: SettingsTab;
  meaning: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  const t = settingsTexts.use();
  const may = useMay();
  return (
    <Page
      title={t('settings')}
      windowTitle={`${t(tab)} – ${t('settings')}`}
      meaning={meaning}
      action={action}
      tabs={tabsFor(may).map((each) => ({ text: t(each), to: `/settings/${each}`, selected: each === tab }))}
    >
      {children}
    </Page>
  );
}

/** A form over a draft: nothing of it before the draft is there, and below it how it is saved. */
export function DraftForm<T extends object>({
  draft,
  mayChange,
  children,
  nameOf,
  blocked,
}: {
  draft: Draft<T>;
  mayChange: boolean;
  children: ReactNode;
  nameOf?: (path: string) => string;
  /** Why it cannot be saved as it is. */
  blocked?: string | undefined;
}) {
  const t = settingsTexts.use();
  if (draft.error) return <Failure problem={draft.error} retry={draft.retry} />;
  if (draft.isPending) return <Loading />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (blocked === undefined && draft.isChanged) void draft.save();
      }}
    >
      <Stack gap="md" maw={720}>
        {!mayChange && (
          <Alert color="gray" variant="light">
            {t('readOnly')}
          </Alert>
        )}
        <fieldset disabled={!mayChange} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
          <Stack gap="md">{children}</Stack>
        </fieldset>
        {draft.conflict && (
          <Conflict
            mine={draft.conflict.mine}
            theirs={draft.conflict.theirs}
            {...(draft.conflict.at === undefined ? {} : { at: draft.conflict.at })}
            {...(nameOf === undefined ? {} : { nameOf: ({ path }) => nameOf(path) })}
            onKeepMine={draft.keepMine}
            onTakeTheirs={draft.takeTheirs}
          />
        )}
        {draft.problem !== undefined && <Failure problem={draft.problem} />}
        {mayChange && draft.conflict === undefined && (
          <Group>
            <Button
              type="submit"
              loading={draft.isSaving}
              disabled={!draft.isChanged || blocked !== undefined}
            >
              {t('save')}
            </Button>
            <Button variant="default" onClick={draft.discard} disabled={!draft.isChanged}>
              {t('discard')}
            </Button>
            <Text size="sm" c="dimmed" role="status">
              {blocked ?? (draft.isChanged ? t('unsaved') : '')}
            </Text>
          </Group>
        )}
      </Stack>
    </form>
  );
}
