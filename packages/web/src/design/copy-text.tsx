// An identifier that one can take along.
import { ActionIcon, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import css from './design.module.css';
import { Hint } from './hint.tsx';
import { Plain } from './plain.tsx';
import { plainLine } from './plain-text.ts';
import { designTexts } from './texts.ts';

export function CopyText({ value, children }: { value: string; children?: React.ReactNode }) {
  const t = designTexts.use();
  const label = t('copy', { value: plainLine(value, 60) });
  return (
    <span className={css.copy}>
      {children ?? <Plain text={value} />}
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Hint label={copied ? t('copied') : label}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              onClick={copy}
              aria-label={copied ? t('copied') : label}
            >
              {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            </ActionIcon>
          </Hint>
        )}
      </CopyButton>
    </span>
  );
}
