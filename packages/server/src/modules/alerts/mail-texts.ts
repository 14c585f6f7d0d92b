// What a mail of an alert says around the alert itself, by language.
import { type Language, languageFor } from '@gatehouse/core/languages.ts';

interface Frame {
  readonly named: (alertId: string) => string;
  readonly listed: (page: string, alertId: string) => string;
}

const frames: Readonly<Record<Language, Frame>> = {
  en: {
    named: (alertId) => `alert ${alertId}`,
    listed: (page, alertId) =>
      `It is listed at ${page} until an administrator acknowledges it, there or by: gatehouse alert acknowledge ${alertId}`,
  },
  de: {
    named: (alertId) => `Warnung ${alertId}`,
    listed: (page, alertId) =>
      `Sie steht unter ${page}, bis jemand aus der Administration sie als gesehen kennzeichnet, dort oder mit: gatehouse alert acknowledge ${alertId}`,
  },
};

export function alertFrame(wish: string | null): Frame & { readonly language: Language } {
  const language = languageFor(wish);
  return { language, ...frames[language] };
}
