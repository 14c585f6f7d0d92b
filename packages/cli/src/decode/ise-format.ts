import { decodeAnyMessage } from '@gatehouse/protocols/cisco-ise/index.ts';
import type { DecodedFormat } from './decoded-format.ts';
import { presentable } from './presentable.ts';

export const iseFormat: DecodedFormat = {
  name: 'ise',
  what: 'a message or query of the Cisco ISE external-MDM API',
  decode(bytes) {
    const { message, content } = decodeAnyMessage(bytes);
    return { message, ...(presentable(content) as object) };
  },
};
