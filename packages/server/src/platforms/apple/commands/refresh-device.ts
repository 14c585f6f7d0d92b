// Report now: each scan is one question or two; see inventory/.
import { DomainError } from '@gatehouse/core/errors.ts';
import { selectAskableRow } from '../inventory/inventory-queries.ts';
import { readScan } from '../inventory/read-scan.ts';
import { scanRequests, type ScanRequest } from '../inventory/scan-requests.ts';
import type { AppleTranslator } from './translator.ts';

export const refreshDevice: AppleTranslator<'refresh-device'> = {
  needs: { channels: ['device', 'user'] },
  async steps({ params: { scans } }, target, { inside }) {
    const row = await inside((tx) => selectAskableRow(tx, target.deviceId));
    const requests = scanRequests(target, row, scans);
    if (requests.length === 0) {
      throw new DomainError('unprocessable', 'Nothing of this may be asked of the device.');
    }
    return requests;
  },
  answered: async ({ request, ...context }, response) => ({
    facts: await readScan(context, request as ScanRequest, response),
  }),
  // A list that the device does not give must not cost the others.
  toleratesRefusal: ({ requestType }) => requestType.endsWith('List'),
};
