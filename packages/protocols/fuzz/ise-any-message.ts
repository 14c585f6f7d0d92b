/** A captured message of unknown kind, as the protocol debugger reads it. */
import { decodeAnyMessage } from '../src/cisco-ise/any-message.ts';
import { iseDevices, iseDiscovery, iseFailure, iseOrderAnswer } from './ise-answers.ts';
import { iseAction, iseMessage } from './ise-requests.ts';
import { type FuzzTarget, inflateText, texts } from './target.ts';

const kinds = [iseDiscovery, iseDevices, iseFailure, iseOrderAnswer];

export const iseAnyMessage: FuzzTarget = {
  name: 'ise-any-message',
  seeds: [
    ...kinds.flatMap(({ seeds }) => [...seeds]),
    ...texts(
      '<ise_api><identifier><macaddress>A1B2C3D4E5F6</macaddress></identifier></ise_api>',
      'https://h/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=guid&value=x&filter=all',
    ),
  ],
  dictionary: [...iseDiscovery.dictionary, ...iseAction.dictionary, ...iseMessage.dictionary],
  inflate: inflateText('<ise_api>', '</ise_api>'),
  run: (bytes) => void decodeAnyMessage(bytes),
};
