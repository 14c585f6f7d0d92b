/** Keys that work on every page: Ctrl K, /, ?, g and a letter. */
import { useRouter } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useAddressOf } from '../../design/route-link.tsx';
import { goKeys, isTyping, singleKeysOn } from './keys.ts';

/** After g the letter is waited for so long, in milliseconds. */
const letterWithin = 1_500;

export function useShellKeys(actions: {
  readonly openPalette: () => void;
  readonly openHelp: () => void;
}): void {
  const router = useRouter();
  const addressOf = useAddressOf();
  const wentAt = useRef(0);
  const onKey = useEffectEvent((event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      actions.openPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !singleKeysOn() || isTyping(event.target)) return;
    const goes = Date.now() - wentAt.current < letterWithin ? goKeys[event.key] : undefined;
    wentAt.current = event.key === 'g' ? Date.now() : 0;
    if (goes !== undefined) void router.navigate({ href: addressOf(goes) });
    else if (event.key === '?') actions.openHelp();
    else if (event.key === '/') {
      const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
      if (field) field.focus();
      else actions.openPalette();
    } else return;
    event.preventDefault();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
