/** What a resource of a kind can hold, as fields in the reader’s language: of Apple’s payloads the keys of the one that is meant. */
import { useMemo } from 'react';
import { useRead } from '../../../api/hooks.ts';
import { describeResourceKinds, getApplePayload } from '../../../api/operations/policies.ts';
import type { ApiProblem } from '../../../api/problem.ts';
import { useLanguage } from '../../../language/texts.ts';
import type { Field } from '../model/field.ts';
import { fieldsOfPayload } from '../model/from-apple.ts';
import { fieldsOfKind } from '../model/from-resource.ts';
import { isApplePayload } from '../model/resource-values.ts';
import { sectionOf } from './sections.ts';
import { fieldWords } from './words.ts';

export interface Schema {
  readonly fields: readonly Field[];
  /** Keys are added one by one; otherwise all fields are there. */
  readonly byKey: boolean;
  readonly title: string;
}

export function useSchema(kind: string | undefined, type: string | undefined) {
  const byKey = kind !== undefined && isApplePayload(kind);
  const kinds = useRead(describeResourceKinds, {}, { enabled: kind !== undefined && !byKey });
  const payload = useRead(
    getApplePayload,
    { query: { type: type ?? '' } },
    { enabled: byKey && type !== undefined },
  );
  const described = kinds.data?.kinds.find((each) => each.kind === kind);
  const language = useLanguage();
  const schema = useMemo((): Schema | undefined => {
    if (kind === undefined) return undefined;
    if (byKey) {
      if (payload.data === undefined || payload.data === null) return undefined;
      return { fields: fieldsOfPayload(payload.data), byKey, title: payload.data.title[language] };
    }
    if (described === undefined) return undefined;
    const fields = fieldsOfKind(
      described.fields,
      (name) => sectionOf(kind, name),
      (name) => fieldWords(name, language),
    );
    return { fields, byKey, title: '' };
  }, [kind, byKey, described, payload.data, language]);
  const error: ApiProblem | null = byKey ? payload.error : kinds.error;
  return { schema, error, retry: () => void (byKey ? payload.refetch() : kinds.refetch()) };
}
