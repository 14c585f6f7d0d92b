/** The part of an address that this page keeps up to date, without a new step in the history for each letter. */
import { useMatch, useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { readSuiteSearch, type SuiteSearch } from '../search-params.ts';

export function useSuiteSearch(): readonly [
  SuiteSearch,
  (changes: { readonly [Name in keyof SuiteSearch]: SuiteSearch[Name] | undefined }, step?: boolean) => void,
] {
  const search = readSuiteSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const router = useRouter();
  const path = useMatch({ strict: false, select: ({ pathname }) => pathname });
  const change = useCallback(
    (changes: { readonly [Name in keyof SuiteSearch]: SuiteSearch[Name] | undefined }, step = false) => {
      // What was typed is kept a moment later: by then the address may be that of the page to which its reader is on the way.
      if (router.latestLocation.pathname !== path) return;
      void navigate({
        to: '.',
        search: (before: Readonly<Record<string, unknown>>) => readSuiteSearch({ ...before, ...changes }),
        replace: !step,
        resetScroll: false,
      } as never);
    },
    [navigate, router, path],
  );
  return [search, change];
}
