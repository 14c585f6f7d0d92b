// A link within this application, search included: `/devices?q=…`. A real link, so that it can be copied and opened elsewhere.
import { Anchor, type AnchorProps } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { type ComponentPropsWithoutRef, type MouseEvent, type ReactNode, useCallback } from 'react';

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

export function RouteLink({ to, children, onClick, ...rest }: RouteLinkProps) {
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
  return (
    <Anchor href={href} onClick={open} {...rest}>
      {children}
    </Anchor>
  );
}
