/** What was simulated, in a line. The change is stored as it was asked; nothing in it is taken for granted. */
import type { Say } from '../../../language/texts.ts';
import type { SayShared } from '../rules/rule-sentence.ts';
import type { simulationPageTexts } from './texts.ts';

type SayHere = Say<Parameters<typeof simulationPageTexts.say>[0]>;
type Found = Readonly<Record<string, unknown>>;

const isFound = (value: unknown): value is Found => typeof value === 'object' && value !== null;
const platforms = ['linux', 'macos', 'ios', 'android', 'windows'] as const;

export function changeText(change: unknown, t: SayHere, shared: SayShared): string {
  const said: Found = isFound(change) ? change : {};
  switch (said['kind']) {
    case 'policy':
      return t(said['settings'] === null ? 'change_policy-gone' : 'change_policy');
    case 'rule':
      return t(said['changes'] === null ? 'change_rule-gone' : 'change_rule');
    case 'new-rule': {
      const name = isFound(said['rule']) ? said['rule']['name'] : '';
      return t('change_new-rule', { name: typeof name === 'string' ? name : '' });
    }
    case 'assignment-added':
    case 'assignment-removed':
    case 'group-members':
      return t(`change_${said['kind']}`);
    case 'os-version': {
      const platform = platforms.find((each) => each === said['platform']);
      return t('change_os-version', {
        platform: platform === undefined ? '' : shared(platform),
        version: typeof said['version'] === 'string' ? said['version'] : '',
      });
    }
    default:
      return t('what');
  }
}

/** The page of what was to be changed, where it has one. */
export function changedThing(change: unknown): string | undefined {
  if (!isFound(change)) return undefined;
  const { kind, ruleId, policyId } = change;
  if (kind === 'rule' && typeof ruleId === 'string') return `/compliance/rules/${encodeURIComponent(ruleId)}`;
  if (kind === 'policy' && typeof policyId === 'string')
    return `/policies/suites/${encodeURIComponent(policyId)}`;
  return undefined;
}
