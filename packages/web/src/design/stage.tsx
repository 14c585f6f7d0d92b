// Everything around an application: theme, policy of its styles, messages, questions to the server.
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import type { ReactNode } from 'react';
import { queryClient } from '../api/hooks.ts';
import { LanguageOfPage, useWatchedLanguage } from '../language/texts.ts';
import { colourVariables, theme } from './theme.ts';

// The page's own: the server drew it into the scripts that it let run.
const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
// What holds the page still below a dialog makes a style of its own.
setNonce(nonce);

export const colorSchemes = localStorageColorSchemeManager({ key: 'gatehouse-theme' });

export function Stage({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={colourVariables}
      getStyleNonce={() => nonce}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemes}
    >
      <Notifications position="bottom-right" limit={4} />
      <LanguageOfPage value={useWatchedLanguage()}>
        <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
      </LanguageOfPage>
    </MantineProvider>
  );
}
