/** The address follows what is typed, unless its reader has left the page meanwhile: a late answer must not fetch him back. */
import { useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useAddressOf } from './route-link.tsx';

/** @returns takes another address of the same page: `/users?q=ann` */
export function useReplaceAddress(): (to: string) => void {
  const router = useRouter();
  const addressOf = useAddressOf();
  return useCallback(
    (to) => {
      const [path] = to.split('?');
      if (router.latestLocation.pathname !== path) return;
      void router.navigate({ href: addressOf(to), replace: true });
    },
    [router, addressOf],
  );
}
