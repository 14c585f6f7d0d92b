// Wire text for those who want to see it.
import css from './design.module.css';

export function JsonText({ value, label }: { value: unknown; label: string }) {
  return (
    // Scrollable by keyboard, which takes a place in the order of tabs.
    <pre className={css.code} tabIndex={0} role="region" aria-label={label}>
      {typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
    </pre>
  );
}
