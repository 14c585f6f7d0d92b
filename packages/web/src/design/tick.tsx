// The box with which a row is ticked: the browser's own, for a list draws several with every frame.
import { type ComponentProps, useEffect, useRef } from 'react';
import css from './design.module.css';

export function Tick({
  indeterminate = false,
  ...rest
}: Omit<ComponentProps<'input'>, 'type' | 'className' | 'ref'> & { readonly indeterminate?: boolean }) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = indeterminate;
  }, [indeterminate]);
  return <input ref={box} type="checkbox" className={css.tick} {...rest} />;
}
