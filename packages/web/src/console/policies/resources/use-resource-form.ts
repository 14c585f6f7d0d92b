/** A draft of a resource with what is wrong about it. */
import { useMemo } from 'react';
import { useDraft, type DraftSource } from '../editor/use-draft.ts';
import { useFieldErrors } from '../editor/use-field-errors.ts';
import { applies, type Values } from '../model/field.ts';
import { storableValues } from '../model/resource-values.ts';
import { validate } from '../model/validate.ts';
import type { Schema } from './use-schema.ts';

const nothing: ReadonlySet<string> = new Set();

export function useResourceForm(
  schema: Schema,
  source: Omit<DraftSource, 'storable'>,
  stored: ReadonlySet<string> = nothing,
) {
  const editing = useDraft({ ...source, storable: (values) => storableValues(schema.fields, values) });
  const { values } = editing.draft;
  const complaints = useMemo(() => {
    // A secret that is taken away is neither given nor kept.
    const taken = Object.keys(values).filter((name) => values[name] === null);
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
    const kept = new Set([...stored].filter((name) => !taken.includes(name)));
    return validate(schema.fields, given, { onlyStated: schema.byKey, kept });
  }, [schema, values, stored]);
  const errors = useFieldErrors(complaints);
  return { editing, errors };
}

/** Without what another choice has made meaningless: the server refuses it. */
export function relevantValues(schema: Schema, values: Values): Values {
  if (schema.byKey) return values;
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => {
      const field = schema.fields.find((each) => each.name === name);
      return field !== undefined && applies(field, values, schema.fields);
    }),
  );
}
