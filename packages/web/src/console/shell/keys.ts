/** Where `g` and a letter lead. */
export const goKeys: Readonly<Record<string, string>> = {
  o: '/',
  d: '/devices',
  u: '/users',
  p: '/policies/suites',
  c: '/compliance/rules',
  m: '/gates/mail',
  a: '/activity/audit',
};

export const singleKeysOffKey = 'gatehouse-single-keys-off';

/** Single keys can be turned off (WCAG 2.1.4). */
export const singleKeysOn = (): boolean => localStorage.getItem(singleKeysOffKey) !== 'yes';

/** Whether keys belong to what is being typed into. */
export function isTyping(target: EventTarget | null): boolean {
  const element = target as {
    tagName?: string;
    isContentEditable?: boolean;
    closest?: (selector: string) => unknown;
  } | null;
  if (element?.tagName === undefined) return false;
  if (element.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName)) return true;
  return element.closest?.('[role="dialog"], [role="menu"], [role="listbox"]') !== null;
}
