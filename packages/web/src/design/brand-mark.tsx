// An organization's logo, or ours where it has none.
import css from './design.module.css';
import { useLook } from './look.ts';
import { Logo } from './logo.tsx';

/** @param size height in pixels. The name stands beside it, so the picture says nothing of its own. */
export function BrandMark({ slug, size }: { slug: string | undefined; size: number }) {
  const logo = useLook(slug)?.logo;
  if (logo === undefined) return <Logo size={size} />;
  return <img className={css.brand} src={logo.href} alt="" style={{ height: size }} />;
}
