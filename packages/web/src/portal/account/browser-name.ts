/** A browser by what it says it is: “Firefox, Linux”. A claim, good enough to recognize one's own. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bOPR\//, 'Opera'],
  [/\bChrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bMacintosh\b/, 'Mac'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
];

/** '' when nothing is recognized. */
export function browserName(userAgent: string | null): string {
  const text = (userAgent ?? '').slice(0, 300);
  const named = [browsers, systems].map((signs) => signs.find(([sign]) => sign.test(text))?.[1]);
  return named.filter((name) => name !== undefined).join(', ');
}
