/** What the address of the enrolment page says. */
import type { Search } from '../../design/search-params.ts';

export const enrolmentTabs = ['invitations', 'codes', 'blocked'] as const;
export type EnrolmentTab = (typeof enrolmentTabs)[number];

export const codeStates = ['open', 'used', 'completed', 'cancelled', 'expired'] as const;

export interface EnrolmentSearch {
  readonly tab: EnrolmentTab;
  /** Of codes. */
  readonly state: (typeof codeStates)[number] | undefined;
}

export function readEnrolmentSearch(search: Search): EnrolmentSearch {
  const tab = enrolmentTabs.find((each) => each === search['tab']) ?? 'invitations';
  return { tab, state: codeStates.find((each) => each === search['state']) };
}

/** Who is meant by what somebody typed or pasted: addresses, each once. */
export function readPeople(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((part) => part !== ''))];
}
