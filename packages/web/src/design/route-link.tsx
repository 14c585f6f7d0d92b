// A link within this application, search included: `/devices?q=…`. A real link, so that it can be copied and opened elsewhere.
import { Anchor, type AnchorProps } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import {
  type ComponentProps,
  type ComponentPropsWithoutRef,
  type MouseEvent,
  type ReactNode,
  useCallback,
} from 'react';
import css from './design.module.css';

export interface RouteLinkProps
  extends AnchorProps,
    Omit<ComponentPropsWithoutRef<'a'>, keyof AnchorProps | 'href'> {
  /** Below the application’s root. */
  readonly to: string;
  readonly children?: ReactNode;
}

/** The address of a page, as the browser shows it. */
export function useAddressOf(): (to: string) => string {
  const { basepath } = useRouter();
  return useCallback((to: string) => `${basepath === '/' ? '' : basepath}${to}`, [basepath]);
}

/** What makes a link of an anchor: its address, and that it is opened here. */
function useOpening(
  to: string,
  onClick: ((event: MouseEvent<HTMLAnchorElement>) => void) | undefined,
): { readonly href: string; readonly onClick: (event: MouseEvent<HTMLAnchorElement>) => void } {
  const router = useRouter();
  const href = useAddressOf()(to);
  function open(event: MouseEvent<HTMLAnchorElement>): void {
    onClick?.(event);
    // With a key held down it is the browser that opens it, elsewhere.
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    void router.navigate({ href });
  }
  return { href, onClick: open };
}

export function RouteLink({ to, children, onClick, ...rest }: RouteLinkProps) {
  return (
    <Anchor {...useOpening(to, onClick)} {...rest}>
      {children}
    </Anchor>
  );
}

/** A link of which lists have hundreds, and draw some with every frame: its look is a class, not reckoned out of properties. */
export function PlainLink({
  to,
  className = '',
  onClick,
  children,
  ...rest
}: ComponentProps<'a'> & { readonly to: string }) {
  return (
    <a {...useOpening(to, onClick)} className={`${css.link} ${className}`} {...rest}>
      {children}
    </a>
  );
}
