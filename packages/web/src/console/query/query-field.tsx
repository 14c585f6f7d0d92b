// The field that finds devices: what it understood stands below as chips, what may come next opens while one types.
import { Anchor, Code, Group, Pill, ScrollArea, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useRead } from '../../api/hooks.ts';
import { listExpressionNames, listExpressionValues } from '../../api/operations/fleet.ts';
import { plainLine } from '../../design/plain-text.ts';
import { countedName, type Suggestion, suggestionsFor, typingAt } from './completion.ts';
import { type NameInfo, namesByKey } from './known.ts';
import classes from './query.module.css';
import { readShortForm, type Understood, withoutChip } from './short-form.ts';
import { queryTexts } from './texts.ts';

const none: ReadonlyMap<string, NameInfo> = new Map();

/** What may be named; empty until it is read. */
export function useNames(): { readonly names: ReadonlyMap<string, NameInfo>; readonly isPending: boolean } {
  const { data, isPending } = useRead(listExpressionNames, {});
  return useMemo(
    () => ({ names: data === undefined ? none : namesByKey(data.items), isPending }),
    [data, isPending],
  );
}

export interface QueryFieldProps {
  readonly value: string;
  /** When it is settled: after a pause, Enter, or a chip that is taken away. */
  readonly onChange: (value: string) => void;
  readonly names: ReadonlyMap<string, NameInfo>;
  /** What the value means, read by whoever asks with it. */
  readonly understood: Understood;
  readonly right?: ReactNode;
}

export function QueryField({ value, onChange, names, understood, right }: QueryFieldProps) {
  const t = queryTexts.use();
  const [text, setText] = useState(value);
  const [caret, setCaret] = useState(value.length);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const [asCel, setAsCel] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(value);
  /** Whether the text is somebody’s typing that nobody has been told of yet. */
  const typed = useRef(false);
  const id = useId();
  useEffect(() => {
    // From elsewhere: a view, the address, a chip. What stood there is not to be sent after it.
    if (value === sent.current) return;
    sent.current = value;
    typed.current = false;
    setText(value);
  }, [value]);
  const type = (next: string) => {
    typed.current = true;
    setText(next);
  };
  const send = (next: string) => {
    sent.current = next;
    typed.current = false;
    setText(next);
    onChange(next);
  };
  const [settled] = useDebouncedValue(text, 250);
  useEffect(() => {
    if (!typed.current || settled !== text || settled === sent.current) return;
    send(settled);
  });
  const typing = open ? typingAt(text, caret) : undefined;
  const counted = countedName(typing, names);
  const { data: values } = useRead(
    listExpressionValues,
    { query: { name: counted ?? '' } },
    { enabled: counted !== undefined },
  );
  const suggestions = suggestionsFor(typing, names, counted === undefined ? [] : (values?.items ?? []));
  const isOpen = open && suggestions.length > 0;
  const active = Math.min(chosen, suggestions.length - 1);

  function accept({ insert, from }: Suggestion): void {
    const next = `${text.slice(0, from)}${insert}${text.slice(caret).trimStart()}`;
    const at = from + insert.length;
    type(next);
    setCaret(at);
    setChosen(-1);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(at, at);
    });
  }

  function onKey(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key === ' ' && event.ctrlKey) setOpen(true);
    else if (event.key === 'ArrowDown' && isOpen) setChosen((active + 1) % suggestions.length);
    else if (event.key === 'ArrowUp' && isOpen)
      setChosen((active - 1 + suggestions.length) % suggestions.length);
    else if (event.key === 'Escape' && isOpen) setOpen(false);
    else if ((event.key === 'Enter' || event.key === 'Tab') && isOpen && active >= 0) {
      const suggestion = suggestions[active];
      if (suggestion) accept(suggestion);
    } else if (event.key === 'Enter') {
      setOpen(false);
      send(text);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className={classes.field}>
      <TextInput
        ref={input}
        type="search"
        data-query-field
        aria-label={t('label')}
        placeholder={t('placeholder')}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={right}
        rightSectionWidth="auto"
        rightSectionPointerEvents="none"
        value={text}
        onChange={(event) => {
          type(event.currentTarget.value);
          setCaret(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
          setOpen(true);
          setChosen(-1);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? text.length)}
        onKeyDown={onKey}
        onBlur={() => setOpen(false)}
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && active >= 0 ? `${id}-${active}` : undefined}
        error={understood.problems.length > 0}
        aria-describedby={understood.problems.length > 0 ? `${id}-problems` : undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={4_000}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={t('suggestions')}
        className={classes.list}
        hidden={!isOpen}
      >
        {isOpen && (
          <ScrollArea.Autosize mah={280}>
            {suggestions.map((suggestion, index) => (
              // The keyboard stays in the field, which names the chosen one (APG combobox).
              <div
                key={`${suggestion.label} ${suggestion.insert}`}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === active}
                className={classes.option}
                onMouseDown={(event) => {
                  event.preventDefault();
                  accept(suggestion);
                }}
              >
                <span>{plainLine(suggestion.label, 60)}</span>
                <span className={classes.hint}>{plainLine(suggestion.hint, 80)}</span>
              </div>
            ))}
          </ScrollArea.Autosize>
        )}
      </div>
      <VisuallyHidden role="status">
        {isOpen ? t('suggestionCount', { count: suggestions.length }) : ''}
      </VisuallyHidden>
      {understood.chips.length > 0 && (
        <Group gap={6} mt={6} role="group" aria-label={t('understood')}>
          {understood.chips.map((chip) => {
            const name = plainLine(chip.text, 60);
            return (
              <Pill
                key={`${chip.from}`}
                withRemoveButton
                onRemove={() => send(withoutChip(value, chip))}
                removeButtonProps={{
                  'aria-label': t('remove', { text: name }),
                  'aria-hidden': false,
                  tabIndex: 0,
                }}
              >
                {name}
              </Pill>
            );
          })}
          <Anchor component="button" type="button" size="sm" onClick={() => send('')}>
            {t('clear')}
          </Anchor>
          {understood.expression !== '' && (
            <Anchor
              component="button"
              type="button"
              size="sm"
              aria-expanded={asCel}
              onClick={() => setAsCel(!asCel)}
            >
              {t('asExpression')}
            </Anchor>
          )}
        </Group>
      )}
      {asCel && understood.expression !== '' && (
        <Code block mt={6}>
          {understood.expression}
        </Code>
      )}
      {understood.problems.length > 0 && (
        <Text id={`${id}-problems`} size="sm" c="red" mt={4} role="alert" component="div">
          {understood.problems.map((problem) => {
            const { nearest } = problem.slots;
            return (
              <div key={`${problem.kind} ${problem.from}`}>
                {t(problem.kind, plainSlots(problem.slots))}{' '}
                {nearest !== undefined && (
                  <Anchor
                    component="button"
                    type="button"
                    size="sm"
                    onClick={() => send(value.replace(problem.slots['key'] ?? '', nearest))}
                  >
                    {t('nearest', { nearest })}
                  </Anchor>
                )}
              </div>
            );
          })}
        </Text>
      )}
    </div>
  );
}

const plainSlots = (slots: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(slots).map(([name, value]) => [name, plainLine(value, 120)]));

/** What a text asks for. */
export function useUnderstood(value: string, names: ReadonlyMap<string, NameInfo>): Understood {
  return useMemo(() => readShortForm(value, names), [value, names]);
}
