// The third column: what a key does, where it holds, and whom of the fleet it means nothing to.
import type { FleetShape } from '@gatehouse/contracts/admin/policy-effects.ts';
import { Button, Stack, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Facts } from '../../../design/facts.tsx';
import { Plain } from '../../../design/plain.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { formatNumber } from '../../../language/format.ts';
import type { Field } from '../model/field.ts';
import { unsupportedBy } from '../model/unsupported.ts';
import css from './editor.module.css';
import { absenceText, rangeText, valueText } from './field-words.ts';
import { platformName, SupportBadges } from './support-badges.tsx';
import { type EditorKey, editorTexts } from './texts.ts';

export interface AboutFieldProps {
  readonly field: Field | undefined;
  /** What the platform calls it, where that is another name. */
  readonly wireKey?: string;
  readonly fleet?: FleetShape['groups'] | undefined;
  readonly isSet: boolean;
  readonly onAdd?: (() => void) | undefined;
  /** Collisions, links. */
  readonly children?: ReactNode;
}

export function AboutField({ field, wireKey, fleet, isSet, onAdd, children }: AboutFieldProps) {
  const t = editorTexts.use();
  if (field === undefined) {
    return (
      <Stack gap="xs">
        <Title order={2} size="h4">
          {t('about')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('aboutNothing')}
        </Text>
      </Stack>
    );
  }
  const keys = [...new Set((field.support ?? []).flatMap(({ key }) => key ?? []))];
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {field.title}
      </Title>
      {field.help !== '' && <Text size="sm">{field.help}</Text>}
      {!isSet && onAdd && (
        <Button
          size="xs"
          variant="light"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={onAdd}
          aria-label={t('addKey', { name: field.title })}
        >
          {t('add')}
        </Button>
      )}
      <Facts
        rows={[
          {
            label: t('wireKey'),
            value: (
              <span className={css.mono}>
                <Plain text={[wireKey ?? field.name, ...keys].join(', ')} />
              </span>
            ),
          },
          { label: t('type'), value: rangeText(field.node, t) ?? t(`type_${field.node.kind}` as EditorKey) },
          {
            label: t('default'),
            value: field.default === undefined ? t('noDefault') : valueText(field.node, field.default, t),
          },
          field.merge !== undefined && { label: t('merge'), value: t(`merge_${field.merge}` as EditorKey) },
        ]}
      />
      <Where field={field} />
      <Reach field={field} fleet={fleet} />
      <Text size="sm" c="dimmed">
        {absenceText(field, t)}
      </Text>
      {children}
    </Stack>
  );
}

function Where({ field }: { field: Field }) {
  const t = editorTexts.use();
  if (field.support === undefined) return null;
  const told = field.support.some(({ how }) => how !== undefined);
  return (
    <div>
      <Text size="sm" fw={600}>
        {t('where')}
      </Text>
      {field.support.length === 0 ? (
        <Text size="sm">{t('nowhere')}</Text>
      ) : told ? (
        <Facts
          rows={field.support.map((row) => ({
            label: platformName(row.platform),
            value: [
              t(`how_${row.how ?? 'enforced'}` as EditorKey),
              row.since === undefined ? undefined : t('since', { version: row.since }),
              row.supervised ? t('supervised') : undefined,
              row.deprecated === undefined ? undefined : t('deprecated', { version: row.deprecated }),
            ]
              .filter(Boolean)
              .join(' · '),
          }))}
        />
      ) : (
        <SupportBadges support={field.support} />
      )}
    </div>
  );
}

function Reach({ field, fleet }: Pick<AboutFieldProps, 'fleet'> & { field: Field }) {
  const t = editorTexts.use();
  if (fleet === undefined || field.support === undefined || fleet.length === 0) return null;
  const { devices, of, why } = unsupportedBy(field.support, fleet);
  if (devices === 0) return <StatusMark kind="ok" word={t('supportedByAll')} />;
  return (
    <div>
      <StatusMark kind="info" word={t('unsupported', { count: devices, of: formatNumber(of) })} />
      <Text size="xs" c="dimmed">
        {t('unsupportedWhy', why)}
      </Text>
    </div>
  );
}
