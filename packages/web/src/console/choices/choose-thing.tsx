// A device, a person or a group, found by typing a part of what one knows of it.
import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useList } from '../../api/hooks.ts';
import { findDevices, findGroups, findUsers } from '../../api/operations/choices.ts';
import { plainLine } from '../../design/plain-text.ts';
import { choiceTexts } from './texts.ts';

export interface Chosen {
  readonly id: string;
  readonly name: string;
}

interface ChooseThingProps {
  readonly what: 'device' | 'user' | 'group';
  readonly label: string;
  readonly chosen: Chosen | null;
  readonly onChoose: (chosen: Chosen | null) => void;
  readonly error?: string | undefined;
  readonly disabled?: boolean;
  readonly required?: boolean;
}

/** Shorter words would find the whole fleet. */
const shortest = { device: 2, user: 1, group: 0 } as const;

export function ChooseThing({ what, label, chosen, onChoose, error, disabled, required }: ChooseThingProps) {
  const t = choiceTexts.use();
  const [text, setText] = useState(chosen?.name ?? '');
  const [wanted] = useDebouncedValue(text.trim(), 200);
  const search = wanted === chosen?.name ? '' : wanted;
  const { things, isPending, failed } = useThings(what, search);
  const known = chosen !== null && !things.some(({ id }) => id === chosen.id) ? [chosen, ...things] : things;
  const tooShort = search.length < shortest[what];
  return (
    <Select
      label={label}
      placeholder={t(`${what}Hint`)}
      searchable
      clearable
      data={known.map(({ id, name }) => ({ value: id, label: plainLine(name, 80) }))}
      value={chosen?.id ?? null}
      onChange={(id) => onChoose(known.find((each) => each.id === id) ?? null)}
      searchValue={text}
      onSearchChange={setText}
      // The server has chosen already.
      filter={({ options }) => (what === 'group' ? byName(options, search) : options)}
      nothingFoundMessage={
        failed ? t('failed') : tooShort ? t('typeMore') : isPending ? t('searching') : t('nothing')
      }
      error={error}
      disabled={disabled ?? false}
      required={required ?? false}
      comboboxProps={{ transitionProps: { duration: 0 } }}
      maxDropdownHeight={260}
    />
  );
}

function byName<Option>(options: readonly Option[], search: string): Option[] {
  const lower = search.toLowerCase();
  return options.filter((option) =>
    ((option as { label?: string }).label ?? '').toLowerCase().includes(lower),
  );
}

function useThings(what: ChooseThingProps['what'], search: string) {
  const query = { search: search === '' ? undefined : search, limit: 20 };
  const enough = search.length >= shortest[what];
  const devices = useList(findDevices, { query }, { enabled: what === 'device' && enough });
  const users = useList(findUsers, { query }, { enabled: what === 'user' && enough });
  const groups = useList(findGroups, { query: { limit: 500 } }, { enabled: what === 'group' });
  const list = what === 'device' ? devices : what === 'user' ? users : groups;
  const things: readonly Chosen[] =
    what === 'user'
      ? users.items.map(({ id, displayName, email }) => ({ id, name: displayName || email }))
      : list.items.map((item) => ({ id: item.id, name: 'name' in item ? item.name || item.id : item.id }));
  return { things: enough ? things : [], isPending: list.isPending, failed: list.error !== null };
}
