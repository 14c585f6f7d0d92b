/** How an organization looks, as its public document says; asked once for each page load. */
import type { PublicBranding } from '@gatehouse/contracts/admin/branding.ts';
import { accentPattern, accentShades } from '@gatehouse/core/branding/accent.ts';
import { useEffect, useState } from 'react';

const known = new Map<string, Promise<PublicBranding | undefined>>();

function ask(slug: string): Promise<PublicBranding | undefined> {
  const asked =
    known.get(slug) ??
    fetch(`/branding/${encodeURIComponent(slug)}`)
      .then((answer) => (answer.ok ? (answer.json() as Promise<PublicBranding>) : undefined))
      // A page without its logo is a page.
      .catch(() => undefined);
  known.set(slug, asked);
  return asked;
}

/** @param slug undefined while nobody knows whose page this is */
export function useLook(slug: string | undefined): PublicBranding | undefined {
  const [look, setLook] = useState<PublicBranding>();
  useEffect(() => {
    if (slug === undefined || !/^[a-z0-9-]{1,40}$/.test(slug)) return;
    let here = true;
    void ask(slug).then((found) => here && setLook(found));
    return () => {
      here = false;
    };
  }, [slug]);
  return look;
}

/** The variables of the theme in an organization’s accent: filled grounds carry white, words stand out from their ground. */
export function accentVariables(accent: string): Readonly<Record<string, string>> {
  const { light, dark } = accentShades(accent);
  const words = `light-dark(${light.accent}, ${dark.accent})`;
  return {
    '--mantine-primary-color-filled': light.accent,
    '--mantine-primary-color-filled-hover': light.accent,
    '--mantine-color-gate-filled': light.accent,
    '--mantine-color-gate-filled-hover': light.accent,
    '--mantine-primary-color-light-color': words,
    '--mantine-color-gate-light-color': words,
    '--mantine-color-gate-outline': words,
    '--mantine-color-anchor': words,
  };
}

/** Draws the whole page in the accent while the component is there. */
export function useAccent(accent: string | undefined): void {
  useEffect(() => {
    if (accent === undefined || !accentPattern.test(accent)) return;
    const { style } = document.body;
    const variables = Object.entries(accentVariables(accent));
    for (const [name, value] of variables) style.setProperty(name, value);
    return () => {
      for (const [name] of variables) style.removeProperty(name);
    };
  }, [accent]);
}
