import { decodeSet } from '@gatehouse/protocols/shared-signals/index.ts';
import type { DecodedFormat } from './decoded-format.ts';
import type { Presentable } from './presentable.ts';

/** What it says, not whether its signature is right: the issuer's keys are elsewhere. */
export const setFormat: DecodedFormat = {
  name: 'set',
  what: 'a security event token of Shared Signals',
  decode(bytes) {
    const { header, claims } = decodeSet(Buffer.from(Buffer.from(bytes).toString('latin1').trim(), 'latin1'));
    return { header: { ...header }, claims: claims as unknown as Presentable };
  },
};
