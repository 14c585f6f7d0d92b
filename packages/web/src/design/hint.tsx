// A word or sentence that shows up over an element under the mouse, at the finger or with the keyboard. Nearly none is ever asked for, and
// a list has hundreds: until it is, it costs four listeners.
import { Tooltip } from '@mantine/core';
import { useMergedRef } from '@mantine/hooks';
import {
  cloneElement,
  type ReactElement,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useId,
  useState,
} from 'react';

export interface HintProps {
  /** A function is called when it is shown. */
  readonly label: ReactNode | (() => ReactNode);
  readonly disabled?: boolean;
  /** One element, or a component that hands `ref` and other properties on to one. */
  readonly children: ReactElement<{ ref?: Ref<HTMLElement>; 'aria-describedby'?: string }>;
}

export function Hint({ label, disabled = false, children }: HintProps) {
  const id = useId();
  const [target, setTarget] = useState<HTMLElement>();
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  // Not by React’s own events: it keeps those of the mouse from disabled buttons, which need a hint most.
  const attach = useCallback(
    (element: HTMLElement | null) => {
      if (element === null) return;
      const open = () => {
        setTarget(element);
        setOpen(true);
      };
      const openIfByKey = ({ target: focused }: FocusEvent) => {
        if (focused instanceof Element && focused.matches(':focus-visible')) open();
      };
      element.addEventListener('mouseenter', open);
      element.addEventListener('mouseleave', close);
      element.addEventListener('focusin', openIfByKey);
      element.addEventListener('focusout', close);
      return () => {
        element.removeEventListener('mouseenter', open);
        element.removeEventListener('mouseleave', close);
        element.removeEventListener('focusin', openIfByKey);
        element.removeEventListener('focusout', close);
      };
    },
    [close],
  );
  const isShown = isOpen && !disabled;
  const ref = useMergedRef(attach, children.props.ref);
  return (
    <>
      {cloneElement(children, { ref, ...(isShown ? { 'aria-describedby': id } : {}) })}
      {target !== undefined && (
        <Shown id={id} target={target} isShown={isShown} label={label} onEscape={close} />
      )}
    </>
  );
}

interface ShownProps extends Pick<HintProps, 'label'> {
  readonly id: string;
  readonly target: HTMLElement;
  readonly isShown: boolean;
  readonly onEscape: () => void;
}

function Shown({ id, target, isShown, label, onEscape }: ShownProps) {
  useEffect(() => {
    if (!isShown) return;
    const escape = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') onEscape();
    };
    document.addEventListener('keydown', escape);
    return () => document.removeEventListener('keydown', escape);
  }, [isShown, onEscape]);
  return (
    <Tooltip
      target={target}
      opened={isShown}
      label={<span id={id}>{typeof label === 'function' ? label() : label}</span>}
    />
  );
}
