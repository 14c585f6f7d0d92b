// What a mail of an alert says around the alert itself, by language.
import { type Language, languageFor } from '@gatehouse/core/languages.ts';

interface Frame {
  readonly named: (alertId: string) => string;
  readonly listed: (page: string, alertId: string) => string;
  readonly digest: (count: number) => string;
  readonly digestIntro: (organization: string) => string;
  readonly digestListed: (page: string) => string;
  readonly more: string;
}

const frames: Readonly<Record<Language, Frame>> = {
  en: {
    named: (alertId) => `alert ${alertId}`,
    listed: (page, alertId) =>
      `It is listed at ${page} until an administrator acknowledges it, there or by: gatehouse alert acknowledge ${alertId}`,
    digest: (count) => (count === 1 ? '1 alert since the last mail' : `${count} alerts since the last mail`),
    digestIntro: (organization) => `What happened at ${organization}, of the kinds that you read once a day:`,
    digestListed: (page) => `All of them, until an administrator acknowledges them: ${page}`,
    more: 'There are more of them in the list.',
  },
  de: {
    named: (alertId) => `Warnung ${alertId}`,
    listed: (page, alertId) =>
      `Sie steht unter ${page}, bis jemand aus der Administration sie als gesehen kennzeichnet, dort oder mit: gatehouse alert acknowledge ${alertId}`,
    digest: (count) =>
      count === 1 ? '1 Warnung seit der letzten Mail' : `${count} Warnungen seit der letzten Mail`,
    digestIntro: (organization) =>
      `Was bei ${organization} geschehen ist, von dem, was Sie einmal am Tag lesen:`,
    digestListed: (page) => `Alle, bis jemand aus der Administration sie als gesehen kennzeichnet: ${page}`,
    more: 'Weitere stehen in der Liste.',
  },
};

export function alertFrame(wish: string | null): Frame & { readonly language: Language } {
  const language = languageFor(wish);
  return { language, ...frames[language] };
}
