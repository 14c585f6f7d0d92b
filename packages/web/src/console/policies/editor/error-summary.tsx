// What must be mended before saving, with a way to each place.
import { Alert, Anchor, List } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { Complaint } from '../model/validate.ts';
import { complaintText } from './field-words.ts';
import { fieldId } from './stated-fields.tsx';
import { editorTexts } from './texts.ts';

export interface ErrorSummaryProps {
  readonly complaints: readonly Complaint[];
  readonly titleOf: (name: string) => string;
}

export function ErrorSummary({ complaints, titleOf }: ErrorSummaryProps) {
  const t = editorTexts.use();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <Alert
      ref={place}
      tabIndex={-1}
      color="red"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={t('summary', { count: complaints.length })}
    >
      <List size="sm">
        {complaints.map((complaint) => {
          const name = String(complaint.path[0] ?? '');
          return (
            <List.Item key={complaint.path.join('/')}>
              <Anchor
                size="sm"
                href={`#${fieldId(name)}`}
                onClick={(event) => {
                  event.preventDefault();
                  focusField(name);
                }}
              >
                {titleOf(name)}: {complaintText(complaint, t)}
              </Anchor>
            </List.Item>
          );
        })}
      </List>
    </Alert>
  );
}

/** The first control of a field gets the keyboard. */
export function focusField(name: string): void {
  const frame = document.getElementById(fieldId(name));
  frame?.scrollIntoView({ block: 'center' });
  frame?.querySelector<HTMLElement>('input:not([type=hidden]), textarea, select, fieldset button')?.focus();
}
