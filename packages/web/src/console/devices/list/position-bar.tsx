// Where in the list one is, and where one would rather be: at a name, an owner, a day.
import { ActionIcon, Group, Text, TextInput } from '@mantine/core';
import { IconArrowBarToUp, IconArrowRight } from '@tabler/icons-react';
import { memo, useState } from 'react';
import { formatNumber } from '../../../language/format.ts';
import { beginningFor, positionOf, type DevicesSearch } from './list-search.ts';
import { listTexts } from './texts.ts';

interface PositionBarProps {
  readonly view: { readonly first: number; readonly last: number };
  readonly before: number | undefined;
  readonly total: number | undefined;
  readonly search: DevicesSearch;
  readonly onJump: (from: string) => void;
}

export function PositionBar({ view, before, total, search, onJump }: PositionBarProps) {
  const t = listTexts.use();
  const position = positionOf(view, before, total);
  return (
    <Group gap="xs" h="100%" justify="space-between" wrap="nowrap">
      <Text size="sm" c="dimmed" truncate style={{ fontVariantNumeric: 'tabular-nums' }}>
        {position !== undefined &&
          t('position', {
            from: formatNumber(position.from),
            to: formatNumber(position.to),
            total: formatNumber(position.total),
          })}
      </Text>
      <Group gap="xs" wrap="nowrap">
        {search.from !== '' && (
          <ActionIcon variant="subtle" size={26} aria-label={t('toStart')} onClick={() => onJump('')}>
            <IconArrowBarToUp size={16} aria-hidden />
          </ActionIcon>
        )}
        {beginningFor(search.sort) !== undefined && (
          <Jump key={`${search.sort} ${search.q} ${search.list}`} search={search} onJump={onJump} />
        )}
      </Group>
    </Group>
  );
}

function JumpTo({ search, onJump }: Pick<PositionBarProps, 'search' | 'onJump'>) {
  const t = listTexts.use();
  const [typed, setTyped] = useState(search.from);
  const isDay = beginningFor(search.sort) === 'day';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onJump(typed.trim());
      }}
    >
      <TextInput
        size="xs"
        w={150}
        type={isDay ? 'date' : 'text'}
        maxLength={100}
        aria-label={t('jump')}
        placeholder={t('jump')}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        rightSection={
          <ActionIcon type="submit" size={26} variant="subtle" aria-label={t('jumpGo')}>
            <IconArrowRight size={16} aria-hidden />
          </ActionIcon>
        }
      />
    </form>
  );
}
/** While one scrolls, the numbers beside it change and it does not. */
const Jump = memo(JumpTo);
