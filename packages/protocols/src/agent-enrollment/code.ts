/**
 * The one-time enrolment code: 120 random bits as 24 symbols of Crockford's base32 and a check symbol, shown in five groups of
 * five. The check symbol is tested where the code is typed and never sent, so a slip of the finger is noticed at once and a
 * server learns nothing from it.
 */
import { createHash } from 'node:crypto';
import { DecodeError } from '../decode-error.ts';

/** https://www.crockford.com/base32.html: no I, L, O, U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export const codeBytes = 15;
const symbolCount = 24;
const groupSize = 5;

export interface EnrollmentCode {
  /** The 15 secret bytes. Fill with zeros when done. */
  readonly bytes: Uint8Array;
}

/** 15 bytes and 24 symbols of 5 bits stand for each other exactly, so uniform bytes give uniform symbols. */
export function newEnrollmentCode(randomBytes: (size: number) => Uint8Array): EnrollmentCode {
  const bytes = Uint8Array.from(randomBytes(codeBytes));
  if (bytes.length !== codeBytes)
    throw new TypeError(`a code takes ${codeBytes} random bytes, not ${bytes.length}`);
  return { bytes };
}

/** As people see it: `K7QMX-2AB4C-…`. */
export function formatEnrollmentCode(code: EnrollmentCode): string {
  const symbols = toSymbols(code.bytes);
  return (`${symbols}${checkSymbol(symbols)}`.match(/.{5}/g) ?? []).join('-');
}

/**
 * Reads a code as typed: any case, dashes and white space anywhere, O for 0, I and L for 1.
 * `reason` of the DecodeError: `wrong-length`, `unknown-symbol` or `wrong-check-symbol`.
 */
export function parseEnrollmentCode(text: string): EnrollmentCode {
  if (text.length > 200) throw refuse('wrong-length', `${text.length} characters`);
  const folded = text
    .replace(/[\s\u2010-\u2015-]/g, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  if (folded.length !== symbolCount + 1) {
    throw refuse('wrong-length', `${symbolCount + 1} symbols expected, ${folded.length} given`);
  }
  const unknown = [...folded].findIndex((symbol) => !alphabet.includes(symbol));
  if (unknown !== -1) {
    // Which group, but not which character: the message may end in a log, the code must not.
    throw refuse(
      'unknown-symbol',
      `group ${Math.floor(unknown / groupSize) + 1} holds a character no code contains`,
    );
  }
  const symbols = folded.slice(0, symbolCount);
  if (folded.at(-1) !== checkSymbol(symbols)) {
    throw refuse('wrong-check-symbol', 'the code is mistyped: its last symbol does not fit the others');
  }
  return { bytes: fromSymbols(symbols) };
}

function refuse(reason: string, message: string): DecodeError {
  return new DecodeError(`enrolment code: ${message}`, { reason });
}

/** The first five bits of SHA-256 over the 24 symbols in ASCII. */
function checkSymbol(symbols: string): string {
  const first = createHash('sha256').update(symbols, 'latin1').digest()[0] ?? 0;
  return alphabet.charAt(first >> 3);
}

function toSymbols(bytes: Uint8Array): string {
  let bits = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let symbols = '';
  for (let count = 0; count < symbolCount; count++) {
    symbols = alphabet.charAt(Number(bits & 31n)) + symbols;
    bits >>= 5n;
  }
  return symbols;
}

function fromSymbols(symbols: string): Uint8Array {
  const bits = [...symbols].reduce((total, symbol) => (total << 5n) | BigInt(alphabet.indexOf(symbol)), 0n);
  return new Uint8Array(Buffer.from(bits.toString(16).padStart(codeBytes * 2, '0'), 'hex'));
}
