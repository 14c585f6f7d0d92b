/** Writes XML property lists as Apple's tools do: same declaration and document type, one element a line. */
import { PlistReal, type PlistValue } from './value.ts';

const head =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n' +
  '<plist version="1.0">\n';

export function writeXmlPlist(value: PlistValue): Uint8Array {
  return Buffer.from(`${head}${toText(value)}</plist>\n`, 'utf8');
}

function toText(value: PlistValue): string {
  switch (typeof value) {
    case 'string':
      return `<string>${escapeText(value)}</string>\n`;
    case 'boolean':
      return value ? '<true/>\n' : '<false/>\n';
    case 'bigint':
      return `<integer>${value}</integer>\n`;
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? `<integer>${value}</integer>\n`
        : realToText(value);
    case 'object':
      return objectToText(value);
    default:
      throw new TypeError(`a property list cannot hold ${typeof value}`);
  }
}

function objectToText(value: Exclude<PlistValue, string | number | bigint | boolean>): string {
  if (value instanceof Date) return `<date>${value.toISOString().slice(0, 19)}Z</date>\n`;
  if (value instanceof Uint8Array) {
    return `<data>${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}</data>\n`;
  }
  if (value instanceof PlistReal) return realToText(value.value);
  if (Array.isArray(value)) {
    let items = '';
    for (const item of value) items += toText(item);
    return items === '' ? '<array/>\n' : `<array>\n${items}</array>\n`;
  }
  let members = '';
  for (const [key, member] of Object.entries(value))
    members += `<key>${escapeText(key)}</key>\n${toText(member)}`;
  return members === '' ? '<dict/>\n' : `<dict>\n${members}</dict>\n`;
}

function realToText(value: number): string {
  if (Number.isNaN(value)) return '<real>nan</real>\n';
  if (!Number.isFinite(value)) return `<real>${value < 0 ? '-' : '+'}infinity</real>\n`;
  if (Object.is(value, -0)) return '<real>-0.0</real>\n';
  const text = String(value);
  return `<real>${/^-?[0-9]+$/.test(text) ? `${text}.0` : text}</real>\n`;
}

const plainText = /^[ !"#$%'()*+,\-./0-9:;=?@A-Za-z[\\\]^_`{|}~]*$/;
const forbidden =
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** What XML cannot carry becomes U+FFFD; `>` and carriage returns are escaped for the reasons given in ../xml/write-xml.ts. */
function escapeText(text: string): string {
  if (plainText.test(text)) return text;
  return text
    .toWellFormed()
    .replace(forbidden, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}
