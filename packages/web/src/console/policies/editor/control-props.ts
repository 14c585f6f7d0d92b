/** What every control of a field is given. */
import type { ComponentType } from 'react';
import type { Node } from '../model/field.ts';

export interface ResourceChoice {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
}

export interface ControlProps {
  readonly node: Node;
  readonly label: string;
  /** The label is for assistive technology only: the title stands beside it already. */
  readonly quiet?: boolean;
  readonly description?: string | undefined;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly onBlur?: () => void;
  readonly error?: string | undefined;
  readonly disabled?: boolean;
  readonly secret?: boolean;
  readonly variables?: boolean;
  readonly optional?: boolean;
  readonly default?: unknown;
  /** What references may name. */
  readonly choices?: readonly ResourceChoice[];
}

/** How Mantine’s inputs are told the same things. */
export function inputProps({ label, quiet, description, error, disabled, onBlur }: ControlProps) {
  return {
    ...(quiet ? { 'aria-label': label } : { label }),
    ...(description === undefined ? {} : { description }),
    ...(error === undefined ? {} : { error }),
    disabled: disabled ?? false,
    ...(onBlur === undefined ? {} : { onBlur }),
  };
}

/** Of a control that holds others: what draws them. */
export interface NestingProps extends ControlProps {
  readonly Inner: ComponentType<ControlProps>;
}
