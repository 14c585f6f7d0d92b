/** Keys that work on every page: Ctrl K, /, ?, g and a letter. */
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useAddressOf } from '../../design/route-link.tsx';
import { goKeys, isTyping, singleKeysOn } from './keys.ts';

export function useShellKeys(actions: {
  readonly openPalette: () => void;
  readonly openHelp: () => void;
}): void {
  const router = useRouter();
  const addressOf = useAddressOf();
  useEffect(() => {
    let wentAt = 0;
    function onKey(event: KeyboardEvent): void {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        actions.openPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || !singleKeysOn() || isTyping(event.target)) return;
      const goes = Date.now() - wentAt < 1_500 ? goKeys[event.key] : undefined;
      wentAt = event.key === 'g' ? Date.now() : 0;
      if (goes !== undefined) void router.navigate({ href: addressOf(goes) });
      else if (event.key === '?') actions.openHelp();
      else if (event.key === '/') {
        const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
        if (field) field.focus();
        else actions.openPalette();
      } else return;
      event.preventDefault();
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}
