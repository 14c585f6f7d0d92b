/** A page that is printed is read without opening anything, on white: whatever the theme, and whoever asked the browser for it. */
import { useEffect } from 'react';

const scheme = 'data-mantine-color-scheme';

export function useOnPaper(): void {
  useEffect(() => {
    let undo: (() => void)[] = [];
    function before(): void {
      const root = document.documentElement;
      const theme = root.getAttribute(scheme);
      root.setAttribute(scheme, 'light');
      undo = [() => theme !== null && root.setAttribute(scheme, theme)];
      for (const details of document.querySelectorAll<HTMLDetailsElement>('main details:not([open])')) {
        details.open = true;
        undo.push(() => {
          details.open = false;
        });
      }
    }
    function after(): void {
      for (const each of undo) each();
      undo = [];
    }
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    };
  }, []);
}
