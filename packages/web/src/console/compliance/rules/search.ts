/** What the addresses of rules say besides: read from anything, never refused. */

export interface RuleSearch {
  readonly tab: 'rule' | 'versions';
  /** Of a new rule: its kind. */
  readonly kind: string | undefined;
  /** policies: it weighs what policies demand. */
  readonly from: 'policies' | undefined;
  /** Which version is compared. */
  readonly version: number | undefined;
}

export function readRuleSearch(search: Readonly<Record<string, unknown>>): RuleSearch {
  const version = Number(search['version']);
  return {
    tab: search['tab'] === 'versions' ? 'versions' : 'rule',
    kind: typeof search['kind'] === 'string' ? search['kind'] : undefined,
    from: search['from'] === 'policies' ? 'policies' : undefined,
    version: Number.isInteger(version) && version > 0 ? version : undefined,
  };
}
