// Where a key holds, in a word for each platform, and what advises against it.
import { Badge, Group } from '@mantine/core';
import { Fragment, memo } from 'react';
import type { Support } from '../model/field.ts';
import { editorTexts } from './texts.ts';

const names: Readonly<Record<string, string>> = {
  ios: 'iOS',
  macos: 'macOS',
  linux: 'Linux',
  android: 'Android',
  windows: 'Windows',
};

export const platformName = (platform: string): string => names[platform] ?? platform;

/** Drawn again only for another key: a tree has dozens of them in view. */
export const SupportBadges = memo(function SupportBadges({
  support,
  short,
}: {
  support: readonly Support[] | undefined;
  short?: boolean;
}) {
  const t = editorTexts.use();
  if (support === undefined) return null;
  const everywhere = short && support.length >= 5;
  return (
    <Group gap={4} wrap={short ? 'nowrap' : 'wrap'}>
      {!everywhere &&
        support.map((row) => (
          // The blank is for ears: a name is read as one text.
          <Fragment key={row.platform}>
            <Badge variant="default" size="xs" tt="none" fw={500}>
              {platformName(row.platform)}
              {!short && row.since !== undefined && ` ${t('since', { version: row.since })}`}
              {!short && row.supervised && ` · ${t('supervised')}`}
            </Badge>{' '}
          </Fragment>
        ))}
      {short && support.some(({ supervised }) => supervised) && (
        <Badge variant="default" size="xs" tt="none" fw={500}>
          {t('supervised')}
        </Badge>
      )}{' '}
      {support.some(({ deprecated, removed }) => deprecated !== undefined || removed !== undefined) && (
        <Badge variant="default" size="xs" tt="none" fw={500}>
          {deprecation(support, t)}
        </Badge>
      )}
    </Group>
  );
});

function deprecation(support: readonly Support[], t: ReturnType<typeof editorTexts.use>): string {
  const gone = support.find(({ removed }) => removed !== undefined);
  const named = (row: Support, version: string) => `${platformName(row.platform)} ${version}`;
  if (gone?.removed !== undefined) return t('removed', { version: named(gone, gone.removed) });
  const old = support.find(({ deprecated }) => deprecated !== undefined);
  return old?.deprecated === undefined ? '' : t('deprecated', { version: named(old, old.deprecated) });
}
