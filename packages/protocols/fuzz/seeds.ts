/** The seed files, made once by make-seeds.ts so that a run can be repeated byte for byte. */
import { readFileSync } from 'node:fs';
import { oid } from '../src/der/write-der.ts';

export function readSeed(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`seeds/${name}`, import.meta.url)));
}

/** Identifiers, awkward lengths and values that only DER gives a meaning to. */
export const derDictionary: readonly Uint8Array[] = [
  ...[
    '1.2.840.10045.2.1',
    '1.2.840.113549.1.1.1',
    '1.2.840.10045.3.1.7',
    '1.3.132.0.34',
    '1.2.840.10045.4.3.2',
    '1.2.840.10045.4.1',
  ].map(oid),
  ...[
    '2.5.29.19',
    '2.5.29.15',
    '2.5.29.37',
    '2.5.29.17',
    '2.5.29.30',
    '2.5.29.14',
    '2.5.29.35',
    '1.3.6.1.5.5.7.3.2',
  ].map(oid),
  ...[
    '3080',
    '30820000',
    '3084ffffffff',
    '0500',
    '0101ff',
    '0101aa',
    '020100',
    '02010a',
    '020200ff',
    '0203010001',
    '0303070080',
    '0400',
    'a000',
    'a300',
    '1f8101',
    '3003020100',
    '170d3236303130313030303030305a',
    '180f32303236303130313030303030305a',
    '0c00',
    '1e0100',
    '8700',
    '870400000000',
  ].map((hex) => new Uint8Array(Buffer.from(hex, 'hex'))),
];
