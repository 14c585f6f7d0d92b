/**
 * An organization's accent colour, judged and completed. It is the ground of buttons with white text and the colour of links
 * on white, so it must stand out from white by 4.5 to 1 (WCAG 2.2, 1.4.3). For dark pages a lighter shade of the same hue is
 * derived, which stands out from their ground as much. Shades are searched in OKLCH, where lightness is what eyes call so.
 */

export const neededContrast = 4.5;

/** Grounds of our pages. */
export const grounds = { light: '#ffffff', dark: '#1a1d22' } as const;

export interface Shade {
  readonly accent: string;
  /** What is written upon it. */
  readonly on: string;
}

export interface AccentVerdict {
  readonly accepted: boolean;
  /** Against white, to two decimals. */
  readonly contrast: number;
  /** The nearest shade of the same hue that is accepted; the colour itself if it is. */
  readonly proposal: string;
}

type Rgb = readonly [number, number, number];

export const accentPattern = /^#[0-9a-f]{6}$/;

/** @param accent `#rrggbb`, lower case. */
export function judgeAccent(accent: string): AccentVerdict {
  const contrast = contrastOf(accent, grounds.light);
  const accepted = contrast >= neededContrast;
  return {
    accepted,
    contrast: Math.floor(contrast * 100) / 100,
    proposal: accepted ? accent : nearestShade(accent, grounds.light),
  };
}

/** The accent for light and for dark pages. @param accent one that {@link judgeAccent} accepts. */
export function accentShades(accent: string): { readonly light: Shade; readonly dark: Shade } {
  const dark =
    contrastOf(accent, grounds.dark) >= neededContrast ? accent : nearestShade(accent, grounds.dark);
  return { light: { accent, on: '#ffffff' }, dark: { accent: dark, on: grounds.dark } };
}

/** Contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio). */
export function contrastOf(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** The first shade away from `ground`, in steps too small to see, that stands out from it enough. */
function nearestShade(accent: string, ground: string): string {
  const [lightness, a, b] = toOklab(accent);
  const towards = luminance(ground) > 0.18 ? 0 : 1;
  const steps = 512;
  for (let step = 0; step <= steps; step += 1) {
    const at = lightness + (towards - lightness) * (step / steps);
    const shade = fromOklab(at, a, b);
    if (contrastOf(shade, ground) >= neededContrast) return shade;
  }
  return towards === 0 ? '#000000' : '#ffffff';
}

const channels = (hex: string): Rgb => {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
};

/** sRGB, linearized (IEC 61966-2-1). */
const linear = (hex: string): Rgb =>
  channels(hex).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;

function luminance(hex: string): number {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Björn Ottosson's OKLab. */
function toOklab(hex: string): Rgb {
  const [r, g, b] = linear(hex);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** The nearest colour that a screen can show: chroma gives way, hue and lightness stay. */
function fromOklab(lightness: number, a: number, b: number): string {
  for (let chroma = 1; chroma > 0; chroma -= 0.02) {
    const shown = toLinear(lightness, a * chroma, b * chroma);
    if (shown.every((part) => part >= -0.0005 && part <= 1.0005)) return toHex(shown);
  }
  return toHex(toLinear(lightness, 0, 0));
}

function toLinear(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function toHex(parts: Rgb): string {
  const hex = parts.map((part) => {
    const shown = Math.min(1, Math.max(0, part));
    const encoded = shown <= 0.0031308 ? shown * 12.92 : 1.055 * shown ** (1 / 2.4) - 0.055;
    return Math.round(encoded * 255)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${hex.join('')}`;
}
