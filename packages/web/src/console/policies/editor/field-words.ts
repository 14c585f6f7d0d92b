/** Values and complaints in words. */
import type { Field, Node } from '../model/field.ts';
import type { Complaint } from '../model/validate.ts';
import { formatNumber } from '../../../language/format.ts';
import type { EditorKey, SayEditor } from './texts.ts';

export function complaintText({ key, slots }: Pick<Complaint, 'key' | 'slots'>, t: SayEditor): string {
  return t(key, slots);
}

const units = new Set(['characters', 'days', 'hours', 'minutes', 'seconds', 'kilobytes']);

export function unitText(unit: string | undefined, t: SayEditor): string {
  return unit !== undefined && units.has(unit) ? t(`unit_${unit}` as EditorKey) : (unit ?? '');
}

/** A value as people read it: on, 8 characters, two entries. */
export function valueText(node: Node, value: unknown, t: SayEditor): string {
  if (value === undefined || value === null) return t('notConfigured');
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number') {
    const unit = node.kind === 'integer' ? unitText(node.unit, t) : '';
    return unit === '' ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  return node.kind === 'choice' ? (node.labels?.[value] ?? value) : value;
}

/** What a device does when nobody states the field. */
export function absenceText(field: Field, t: SayEditor): string {
  return field.default === undefined
    ? t('removedMeans')
    : t('removedMeansDefault', { value: valueText(field.node, field.default, t) });
}

export function rangeText(node: Node, t: SayEditor): string | undefined {
  if (node.kind !== 'integer' && node.kind !== 'real') return undefined;
  const { minimum, maximum } = node;
  if (minimum === undefined && maximum === undefined) return undefined;
  const slots = {
    minimum: minimum === undefined ? '–' : formatNumber(minimum),
    maximum: maximum === undefined ? '–' : formatNumber(maximum),
  };
  const unit = node.kind === 'integer' ? unitText(node.unit, t) : '';
  return unit === '' ? t('range', slots) : t('rangeUnit', { ...slots, unit });
}

const examples = new Set(['version', 'host', 'domain', 'url', 'https-url', 'identifier', 'subject', 'path']);

/** What stands below a control: what is possible, by example or range. */
export function hintText(
  { node, variables }: Pick<Field, 'node' | 'variables'>,
  t: SayEditor,
): string | undefined {
  const parts = [
    rangeText(node, t),
    node.kind === 'text' && node.form !== undefined && examples.has(node.form)
      ? t(`example_${node.form}` as EditorKey)
      : undefined,
    variables ? t('variables') : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' · ');
}
