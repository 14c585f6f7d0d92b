// Two versions side by side, field by field.
import { Table, Text } from '@mantine/core';
import { changesBetween, type FieldChange, shownValue } from './changes-between.ts';
import css from './design.module.css';
import { Plain } from './plain.tsx';
import { designTexts } from './texts.ts';

export interface DiffProps {
  readonly before: unknown;
  readonly after: unknown;
  readonly beforeTitle?: string;
  readonly afterTitle?: string;
  /** What a field is called. */
  readonly nameOf?: (change: FieldChange) => string;
}

export function Diff({
  before,
  after,
  beforeTitle,
  afterTitle,
  nameOf = (change) => change.path,
}: DiffProps) {
  const t = designTexts.use();
  const changes = changesBetween(before, after);
  if (changes.length === 0) return <Text c="dimmed">{t('unchanged')}</Text>;
  return (
    <Table verticalSpacing="xs" layout="fixed" className={css.wrapped}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('field')}</Table.Th>
          <Table.Th>{beforeTitle ?? t('before')}</Table.Th>
          <Table.Th>{afterTitle ?? t('afterwards')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map((change) => (
          <Table.Tr key={change.path}>
            <Table.Th scope="row">
              <Plain text={nameOf(change)} />
            </Table.Th>
            <Table.Td className={change.before === undefined ? '' : (css.removed ?? '')}>
              {change.before === undefined ? t('nothing') : <Plain text={shownValue(change.before)} />}
            </Table.Td>
            <Table.Td className={change.after === undefined ? '' : (css.added ?? '')}>
              {change.after === undefined ? t('nothing') : <Plain text={shownValue(change.after)} />}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
