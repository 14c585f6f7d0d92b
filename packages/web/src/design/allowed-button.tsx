// A button that says why it does nothing, for those whose role has no right to it: still there, still reachable by keyboard.
import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { Hint } from './hint.tsx';

export interface AllowedButtonProps extends ButtonProps {
  readonly allowed: boolean;
  /** Why not. */
  readonly reason: string;
  /** Said to those who may. */
  readonly hint?: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function AllowedButton({ allowed, reason, hint, onClick, children, ...rest }: AllowedButtonProps) {
  return (
    <Hint label={allowed ? hint : reason} disabled={allowed && hint === undefined}>
      <Button
        {...rest}
        {...(allowed ? {} : { 'data-disabled': true })}
        aria-disabled={!allowed}
        onClick={() => {
          if (allowed) onClick();
        }}
      >
        {children}
      </Button>
    </Hint>
  );
}
