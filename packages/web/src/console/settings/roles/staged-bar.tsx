// What was ticked and is not saved: what it grants and takes, and whom it concerns.
import type { Role } from '@gatehouse/contracts/admin/roles.ts';
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import { Button, Group, List, Stack, Text } from '@mantine/core';
import { useRead } from '../../../api/hooks.ts';
import { listAdministrators, listTokens } from '../../../api/operations/settings.ts';
import { plainLine } from '../../../design/plain-text.ts';
import { currentLanguage } from '../../../language/texts.ts';
import { useMay } from '../../../session/session.ts';
import { settingsTexts } from '../texts.ts';
import { permissionSentence } from '@gatehouse/core/permissions/sentence.ts';
import { affected, differences, type Staged } from './role-matrix.ts';
import css from './roles.module.css';

export function StagedBar({
  roles,
  staged,
  busy,
  onSave,
  onForget,
}: {
  roles: readonly Role[];
  staged: Staged;
  busy: boolean;
  onSave: () => void;
  onForget: () => void;
}) {
  const t = settingsTexts.use();
  const may = useMay();
  const administrators = useRead(listAdministrators, { query: { limit: 500 } });
  const tokens = useRead(listTokens, { query: { limit: 500 } }, { enabled: may('tokens.manage') });
  const changes = differences(roles, staged);
  const count = changes.reduce((sum, { granted, taken }) => sum + granted.length + taken.length, 0);
  const concerned = affected(staged, administrators.data?.items ?? [], tokens.data?.items ?? [], Date.now());
  const said = (permission: string) => permissionSentence(permission as Permission, currentLanguage());
  return (
    <Stack className={css.bar ?? ''} gap="xs">
      <Text fw={600} role="status">
        {t('staged', { count })}.{' '}
        {t('affects', {
          people: t('people', { count: concerned.people }),
          tokens: t('tokenCount', { count: concerned.tokens }),
        })}
      </Text>
      <List size="sm">
        {changes.flatMap(({ role, granted, taken }) => [
          ...granted.map((each) => (
            <List.Item key={`${role.reference}+${each}`}>
              {plainLine(role.name, 80)} – {t('granted')}: {said(each)}
            </List.Item>
          )),
          ...taken.map((each) => (
            <List.Item key={`${role.reference}-${each}`}>
              {plainLine(role.name, 80)} – {t('taken')}: {said(each)}
            </List.Item>
          )),
        ])}
      </List>
      <Group>
        <Button onClick={onSave} loading={busy}>
          {t('save')}
        </Button>
        <Button variant="default" onClick={onForget}>
          {t('discard')}
        </Button>
      </Group>
    </Stack>
  );
}
