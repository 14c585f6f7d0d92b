// Excepting selected devices from a rule.
import { useMemo } from 'react';
import { call } from '../../../api/call.ts';
import { createExceptions } from '../../../api/operations/compliance.ts';
import { useExceptionDraft } from '../../compliance/exceptions/exception-fields.tsx';
import { BulkForm } from './bulk-form.tsx';
import type { Selected } from './selected-parts.ts';
import { listTexts } from './texts.ts';

export function BulkException({ selected, onClose }: { selected: Selected; onClose: () => void }) {
  const t = listTexts.use();
  const { body, setTried, fields } = useExceptionDraft();
  const asked = body && JSON.stringify(body);
  // Another exception is another order.
  const once = useMemo(() => (asked === undefined ? '' : crypto.randomUUID()), [asked]);
  return (
    <BulkForm
      title={t('bulkExceptionTitle')}
      selected={selected}
      asked={asked}
      change={async (deviceIds) => {
        if (body === undefined) throw new Error('something is missing');
        // A part whose answer was lost is not done a second time.
        const idempotencyKey = `${once}-${deviceIds[0]}`;
        return (await call(createExceptions, { body: { ...body, deviceIds }, idempotencyKey })).answer;
      }}
      onTried={() => setTried(true)}
      onClose={onClose}
    >
      {fields}
    </BulkForm>
  );
}
