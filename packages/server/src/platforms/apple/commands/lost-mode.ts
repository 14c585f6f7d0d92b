// A lost device: locked with a message, found, rung, until it is declared found. Only in this state does it say where it is.
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import { numberOf, textOf } from './response.ts';
import type { AppleOutcome, AppleTranslator } from './translator.ts';

const lost = (enabled: boolean): AppleOutcome => ({
  facts: [{ scan: 'security', facts: { 'management.lost-mode': enabled }, adds: true }],
});

export const enableLostMode: AppleTranslator<'enable-lost-mode'> = {
  uses: () => ['EnableLostMode'],
  steps: ({ params: { message, phoneNumber, footnote } }) => [
    {
      requestType: 'EnableLostMode',
      payload: {
        ...(message === undefined ? {} : { Message: message }),
        ...(phoneNumber === undefined ? {} : { PhoneNumber: phoneNumber }),
        ...(footnote === undefined ? {} : { Footnote: footnote }),
      },
    },
  ],
  answered: () => lost(true),
};

export const disableLostMode: AppleTranslator<'disable-lost-mode'> = {
  uses: () => ['DisableLostMode'],
  steps: () => [{ requestType: 'DisableLostMode' }],
  answered: () => lost(false),
};

export const playLostModeSound: AppleTranslator<'play-lost-mode-sound'> = {
  uses: () => ['PlayLostModeSound'],
  steps: () => [{ requestType: 'PlayLostModeSound' }],
};

export const locateDevice: AppleTranslator<'locate-device'> = {
  uses: () => ['DeviceLocation'],
  steps: () => [{ requestType: 'DeviceLocation' }],
  answered({ now }, response) {
    const place = placeOf(response, now);
    return place === undefined ? { failed: 'The device told no place that can be one.' } : { result: place };
  },
};

/** Negative accuracies say that there is no such value. */
function placeOf(response: PlistDictionary, now: number): Readonly<Record<string, unknown>> | undefined {
  const latitude = numberOf(response, 'Latitude');
  const longitude = numberOf(response, 'Longitude');
  if (latitude === undefined || longitude === undefined) return undefined;
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined;
  const accuracy = numberOf(response, 'HorizontalAccuracy') ?? -1;
  const observedAt = Date.parse(textOf(response, 'Timestamp', 40) ?? '');
  return {
    latitude,
    longitude,
    ...(accuracy < 0 ? {} : { accuracyMetres: Math.round(accuracy) }),
    observedAt: Number.isNaN(observedAt) ? now : Math.min(observedAt, now),
  };
}
