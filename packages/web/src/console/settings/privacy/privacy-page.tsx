// What is collected about devices and their owners, and what people may do to their own devices.
import type { OrganizationSettings } from '@gatehouse/contracts/admin/organizations.ts';
import { type Ownership, ownerships } from '@gatehouse/core/devices/device.ts';
import { type OwnAction, ownActions, portalSettings } from '@gatehouse/core/portal/own-actions.ts';
import { Checkbox, Switch, Table } from '@mantine/core';
import { readSettings, updateSettings } from '../../../api/operations/settings.ts';
import { notifyDone } from '../../../design/notify.tsx';
import { useMay } from '../../../session/session.ts';
import { Section } from '../organization/organization-page.tsx';
import { DraftForm, SettingsFrame } from '../settings-frame.tsx';
import { settingsTexts } from '../texts.ts';
import { useDraft } from '../use-draft.ts';
import { collectedFrom, withCollected, withOwnAction } from './privacy-choices.ts';

export function PrivacyPage() {
  const t = settingsTexts.use();
  const may = useMay();
  const draft = useDraft<OrganizationSettings>(readSettings, updateSettings as never, {
    name: 'privacy',
    onSaved: () => notifyDone(t('saved')),
  });
  const { value, set } = draft;
  const portal = portalSettings(value.portal);
  return (
    <SettingsFrame tab="privacy" meaning={t('privacyMeaning')}>
      <DraftForm draft={draft} mayChange={may('settings.manage')}>
        <Section title={t('collection')} hint={t('collectionHint')}>
          <Choices
            head={t('ofWhich')}
            columns={[
              ['personal', t('personalFacts')],
              ['sensitive', t('location')],
            ]}
            rows={ownerships.map((ownership) => [ownership, t(ownership)] as const)}
            isChosen={(ownership, kind) => collectedFrom(value.collection, ownership).includes(kind)}
            choose={(ownership, kind, on) =>
              set({ collection: withCollected(value.collection, ownership, kind, on) })
            }
          />
        </Section>
        <Section title={t('ownActions')} hint={t('ownActionsHint')}>
          <Choices
            head={t('action')}
            columns={ownerships.map((ownership) => [ownership, t(ownership)] as const)}
            rows={ownActions.map((action) => [action, t(`action_${action}`)] as const)}
            isChosen={(action, ownership) => portal.actions[action].includes(ownership)}
            choose={(action: OwnAction, ownership: Ownership, on) =>
              set({ portal: withOwnAction(value.portal, action, ownership, on) })
            }
          />
          <Switch
            label={t('portalEnrol')}
            checked={portal.enrol}
            onChange={(event) => set({ portal: { ...value.portal, enrol: event.currentTarget.checked } })}
          />
          <Switch
            label={t('portalNames')}
            description={t('portalNamesHint')}
            checked={portal.names}
            onChange={(event) => set({ portal: { ...value.portal, names: event.currentTarget.checked } })}
          />
        </Section>
      </DraftForm>
    </SettingsFrame>
  );
}

/** A tick for each pair. */
function Choices<Row extends string, Column extends string>({
  head,
  rows,
  columns,
  isChosen,
  choose,
}: {
  head: string;
  rows: readonly (readonly [Row, string])[];
  columns: readonly (readonly [Column, string])[];
  isChosen: (row: Row, column: Column) => boolean;
  choose: (row: Row, column: Column, on: boolean) => void;
}) {
  return (
    <Table.ScrollContainer minWidth={300}>
      <Table withRowBorders verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{head}</Table.Th>
            {columns.map(([column, title]) => (
              <Table.Th key={column}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([row, rowTitle]) => (
            <Table.Tr key={row}>
              <Table.Th scope="row" fw={400}>
                {rowTitle}
              </Table.Th>
              {columns.map(([column, title]) => (
                <Table.Td key={column}>
                  <Checkbox
                    aria-label={`${rowTitle}: ${title}`}
                    checked={isChosen(row, column)}
                    onChange={(event) => choose(row, column, event.currentTarget.checked)}
                  />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
