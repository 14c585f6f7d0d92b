// The list of keys, behind `?`.
import { Kbd, Modal, Table } from '@mantine/core';
import { shellTexts } from './texts.ts';

const keys = [
  ['Ctrl K', 'keyPalette'],
  ['/', 'keySearch'],
  ['g', 'keyGo'],
  ['j k ↓ ↑', 'keyRows'],
  ['x', 'keySelect'],
  ['Enter', 'keyOpen'],
  ['Esc', 'keyClose'],
  ['?', 'keyHelp'],
] as const;

export function KeysHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = shellTexts.use();
  return (
    <Modal opened={opened} onClose={onClose} title={t('keysTitle')}>
      <Table>
        <Table.Tbody>
          {keys.map(([key, text]) => (
            <Table.Tr key={key}>
              <Table.Th scope="row" w={110}>
                <Kbd>{key}</Kbd>
              </Table.Th>
              <Table.Td>{t(text)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
