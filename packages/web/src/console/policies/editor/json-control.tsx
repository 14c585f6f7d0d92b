// What no form knows, written as JSON; what is no JSON yet stays as it was typed.
import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { type ControlProps, inputProps } from './control-props.ts';
import { editorTexts } from './texts.ts';

const written = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value, null, 2));

export function JsonControl(props: ControlProps) {
  const t = editorTexts.use();
  const { value, onChange } = props;
  const [typed, setTyped] = useState(() => written(value));
  const [why, setWhy] = useState<string | undefined>(undefined);
  // What was typed stands as long as it says what there is; something else may have changed that.
  const text = sameJson(typed, value) ? typed : written(value);
  return (
    <Textarea
      {...inputProps(props)}
      error={why === undefined ? props.error : t('jsonWrong', { why })}
      value={text}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setTyped(next);
        if (next.trim() === '') {
          setWhy(undefined);
          onChange(undefined);
          return;
        }
        try {
          onChange(JSON.parse(next));
          setWhy(undefined);
        } catch (error) {
          setWhy(error instanceof Error ? error.message.slice(0, 120) : '');
        }
      }}
      autosize
      minRows={3}
      maxRows={20}
      spellCheck={false}
      ff="monospace"
    />
  );
}

function sameJson(text: string, value: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
  } catch {
    // Half typed: leave it to whoever types.
    return text.trim() !== '' || value === undefined;
  }
}
