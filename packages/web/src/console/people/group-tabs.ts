import type { PageTab } from '../../design/page.tsx';
import type { peopleTexts } from './texts.ts';

/** Groups and watch lists are expressions over the same names, and stand beside each other. */
export function groupTabs(
  selected: 'groups' | 'watch-lists',
  t: ReturnType<typeof peopleTexts.use>,
): readonly PageTab[] {
  return [
    { text: t('groups'), to: '/groups', selected: selected === 'groups' },
    { text: t('watchLists'), to: '/watch-lists', selected: selected === 'watch-lists' },
  ];
}
