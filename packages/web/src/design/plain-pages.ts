/** Whether this browser wants lists without virtual scrolling: every loaded row stands in the page. */
const key = 'gatehouse-plain-pages';

export const plainPages = (): boolean => localStorage.getItem(key) === 'yes';

export function setPlainPages(on: boolean): void {
  if (on) localStorage.setItem(key, 'yes');
  else localStorage.removeItem(key);
}
