// The menu as somebody with a role sees it: the same list, asked with that role's permissions.
import type { Role } from '@gatehouse/contracts/admin/roles.ts';
import { List, Stack, Text } from '@mantine/core';
import { Dialog } from '../../../design/dialog.tsx';
import { menuFor } from '../../shell/navigation.ts';
import { shellTexts } from '../../shell/texts.ts';
import { settingsTexts } from '../texts.ts';
import { useRoleName } from './use-roles.ts';

export function RoleMenuPreview({
  role,
  opened,
  onClose,
}: {
  role: Role;
  opened: boolean;
  onClose: () => void;
}) {
  const t = settingsTexts.use();
  const s = shellTexts.use();
  const nameOf = useRoleName();
  const held = new Set(role.permissions);
  // Machines have no sessions, whatever they may ask.
  const isMachine = role.permissions.every((each) => each.startsWith('nac.') || each === 'signals.receive');
  const entries = isMachine ? [] : menuFor((permission) => held.has(permission));
  return (
    <Dialog opened={opened} onClose={onClose} title={t('viewAs')}>
      <Stack>
        <Text size="sm">{t('viewAsText', { role: nameOf(role.reference) })}</Text>
        {entries.length === 0 ? (
          <Text>{t('nothingInMenu')}</Text>
        ) : (
          <List>
            {entries.map((entry) => (
              <List.Item key={entry.text}>
                {s(entry.text)}
                {entry.pages !== undefined && (
                  <List withPadding size="sm">
                    {entry.pages.map((page) => (
                      <List.Item key={page.to}>{s(page.text)}</List.Item>
                    ))}
                  </List>
                )}
              </List.Item>
            ))}
          </List>
        )}
      </Stack>
    </Dialog>
  );
}
