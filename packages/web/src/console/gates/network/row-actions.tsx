// What can be done with a row of these tables: test it, edit it, remove it.
import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { gateTexts } from '../texts.ts';

export interface RowActionsProps {
  readonly trial: ReactNode;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

export function RowActions({ trial, onEdit, onRemove }: RowActionsProps) {
  const shared = gateTexts.use();
  return (
    <Group gap="xs" wrap="nowrap">
      {trial}
      <Button size="compact-sm" variant="default" onClick={onEdit}>
        {shared('edit')}
      </Button>
      <Button size="compact-sm" variant="default" onClick={onRemove}>
        {shared('remove')}
      </Button>
    </Group>
  );
}
