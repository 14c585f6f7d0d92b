// Text from outside: a text node, isolated in its direction, hidden characters named, long ones cut until somebody asks.
import { Anchor } from '@mantine/core';
import { useState } from 'react';
import css from './design.module.css';
import { plainParts, shownCharacters } from './plain-text.ts';
import { designTexts } from './texts.ts';

export function Plain({ text, limit = shownCharacters }: { text: string; limit?: number }) {
  const t = designTexts.use();
  const [open, setOpen] = useState(false);
  const length = [...text].length;
  const cut = length > limit && !open;
  return (
    <bdi className={css.plain}>
      {plainParts(text, open ? length : limit).map((part, index) =>
        part.hidden === undefined ? (
          part.text
        ) : (
          // The parts of one text have no other identity than their place.
          <span key={index} className={css.symbol}>
            {part.hidden}
          </span>
        ),
      )}
      {cut && (
        <>
          {'… '}
          <Anchor component="button" type="button" size="sm" onClick={() => setOpen(true)}>
            {t('showAll', { count: length })}
          </Anchor>
        </>
      )}
    </bdi>
  );
}
