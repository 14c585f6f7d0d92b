/** What areas show in the top bar, such as the bell. */
import type { ComponentType } from 'react';

export const topBarParts: readonly { readonly key: string; readonly Part: ComponentType }[] = [];
