// An expression, read while it is typed: names are completed, and what is wrong is shown at its place.
import { Alert, Anchor, Combobox, Text, Textarea, useCombobox } from '@mantine/core';
import { useRef, useState } from 'react';
import { checkExpression, type Completion, completionsAt } from './expression-check.ts';
import css from './rules.module.css';
import { ruleTexts } from './texts.ts';

interface ExpressionFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
  readonly error?: string | undefined;
}

export function ExpressionField({ label, value, onChange, disabled, error }: ExpressionFieldProps) {
  const t = ruleTexts.use();
  const field = useRef<HTMLTextAreaElement>(null);
  const [completions, setCompletions] = useState<readonly Completion[]>([]);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const check = checkExpression(value);

  function offer(text: string, caret: number): void {
    const found = completionsAt(text, caret);
    setCompletions(found);
    if (found.length === 0) combobox.closeDropdown();
    else {
      combobox.openDropdown();
      combobox.resetSelectedOption();
    }
  }

  function accept(name: string): void {
    const caret = field.current?.selectionStart ?? value.length;
    const from = completions.find((each) => each.name === name)?.from ?? caret;
    onChange(`${value.slice(0, from)}${name}${value.slice(caret)}`);
    combobox.closeDropdown();
    const next = from + name.length;
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(next, next);
    });
  }

  function goToProblem(): void {
    if (check.state !== 'wrong') return;
    field.current?.focus();
    field.current?.setSelectionRange(check.position, check.position + 1);
  }

  return (
    <div>
      <Combobox store={combobox} onOptionSubmit={accept} transitionProps={{ duration: 0 }}>
        <Combobox.Target
          targetType="input"
          withExpandedAttribute={false}
          withKeyboardNavigation={combobox.dropdownOpened}
        >
          <Textarea
            ref={field}
            label={label}
            description={t('expressionHint')}
            value={value}
            onChange={(event) => {
              onChange(event.currentTarget.value);
              offer(event.currentTarget.value, event.currentTarget.selectionStart);
            }}
            onBlur={() => combobox.closeDropdown()}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && combobox.dropdownOpened) event.stopPropagation();
            }}
            autosize
            minRows={3}
            maxLength={4_096}
            spellCheck={false}
            disabled={disabled ?? false}
            error={error ?? check.state === 'wrong'}
            classNames={{ input: css.source ?? '' }}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={completions.length === 0}>
          <Combobox.Options>
            {completions.map(({ name }) => (
              <Combobox.Option key={name} value={name}>
                {name}
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      <div aria-live="polite">
        {check.state === 'good' && (
          <Text size="sm" c="dimmed" mt={4}>
            {check.reads.length === 0
              ? t('expressionNoFacts')
              : t('expressionGood', { facts: check.reads.join(', ') })}
          </Text>
        )}
        {check.state === 'wrong' && (
          <Alert color="red" variant="light" mt="xs" p="xs">
            <Anchor component="button" type="button" size="sm" ta="start" onClick={goToProblem}>
              {t('expressionAt', { line: check.line, column: check.column, problem: check.problem })}
            </Anchor>
            <pre className={css.source} aria-hidden>
              {`${check.source}\n${check.pointer}`}
            </pre>
          </Alert>
        )}
      </div>
    </div>
  );
}
