// What a browser says it runs on, for friendlier words and nothing else: it is the visitor's claim, and an iPad likes to be
// taken for a Mac.
import type { TextKey } from './texts/index.ts';

const signs: readonly (readonly [RegExp, Extract<TextKey, `device.${string}`>])[] = [
  [/\bAppleTV|\btvOS\b/i, 'device.apple-tv'],
  [/\bvisionOS\b|\bRealityDevice|\bApple ?Vision\b/i, 'device.vision'],
  [/\biPad\b/, 'device.ipad'],
  [/\biPhone\b|\biPod\b/, 'device.iphone'],
  [/\bMacintosh\b.*\bMobile\b/, 'device.ipad'],
  [/\bMacintosh\b/, 'device.mac'],
  [/\bAndroid\b/, 'device.android'],
  [/\bWindows\b/, 'device.windows'],
  [/\bLinux\b|\bX11\b/, 'device.linux'],
];

/** Browsers on iPhones and iPads that cannot hand a profile over to Settings. */
export function isWrongBrowser(userAgent: string | undefined): boolean {
  const text = (userAgent ?? '').slice(0, 400);
  const apple = /\b(?:iPhone|iPad|iPod)\b/.test(text);
  return apple && /\b(?:CriOS|FxiOS|EdgiOS|OPiOS|OPT|DuckDuckGo|GSA|FBAN|FBAV|Instagram|Line)\b/.test(text);
}

/** Somebody at a desk who probably wants to go on at the phone. */
export function isDesk(userAgent: string | undefined): boolean {
  const word = deviceWord(userAgent);
  return word === 'device.mac' || word === 'device.windows' || word === 'device.linux';
}

export function deviceWord(userAgent: string | undefined): Extract<TextKey, `device.${string}`> {
  const text = (userAgent ?? '').slice(0, 400);
  return signs.find(([pattern]) => pattern.test(text))?.[1] ?? 'device.other';
}
