/**
 * Variables in resources: `%username%` and its kin, put in per device. Named substitution and nothing else: no logic, no
 * property paths, and what was put in is never looked through again (TPL-01).
 */

/** What each stands for; where it comes from is the server's affair. */
export const variableCatalogue = {
  username: 'The name by which the user signs in.',
  email: 'The user’s e-mail address.',
  'email-local-part': 'The part of the user’s e-mail address before the @.',
  domain: 'The part of the user’s e-mail address after the @.',
  'display-name': 'The user’s name for people.',
  'employee-id': 'The user’s employee number.',
  'device-id': 'The device’s id in Gatehouse.',
  'device-name': 'The device’s name.',
  'asset-number': 'The device’s asset number.',
  'serial-number': 'The device’s serial number.',
  udid: 'The device’s UDID.',
  organization: 'The organization’s name.',
} as const satisfies Record<string, string>;

export type VariableName = keyof typeof variableCatalogue;
export type VariableValues = { readonly [N in VariableName]?: string | undefined };

export const variableNames = Object.keys(variableCatalogue) as readonly VariableName[];

export function isVariableName(value: string): value is VariableName {
  return Object.hasOwn(variableCatalogue, value);
}

/** Each part is text as it stands or a variable. */
type Part = { readonly text: string } | { readonly variable: VariableName };

export interface Template {
  readonly parts: readonly Part[];
  readonly variables: readonly VariableName[];
}

/** @returns what is wrong, as a sentence's end, in place of a template. A percent sign that is meant as one is written twice. */
export function parseTemplate(text: string): Template | { readonly problem: string } {
  const parts: Part[] = [];
  const variables = new Set<VariableName>();
  for (let at = 0; at < text.length; ) {
    const percent = text.indexOf('%', at);
    if (percent < 0) {
      parts.push({ text: text.slice(at) });
      break;
    }
    if (percent > at) parts.push({ text: text.slice(at, percent) });
    const end = text.indexOf('%', percent + 1);
    if (end < 0) return { problem: 'holds a single percent sign; one that is meant as such is written %%' };
    const name = text.slice(percent + 1, end);
    if (name === '') parts.push({ text: '%' });
    else if (isVariableName(name)) {
      parts.push({ variable: name });
      variables.add(name);
    } else {
      return { problem: `names the variable ${JSON.stringify(name.slice(0, 64))}, which does not exist` };
    }
    at = end + 1;
  }
  return { parts, variables: [...variables] };
}

/** The variables of a text that was checked when it was saved; a text that is no template has none. */
export function variablesIn(text: string): readonly VariableName[] {
  const template = parseTemplate(text);
  return 'problem' in template ? [] : template.variables;
}

/** @returns the text, or the variables that have no value for this device: half a text is never given out. */
export function substitute(
  text: string,
  values: VariableValues,
): { readonly text: string } | { readonly missing: readonly VariableName[] } {
  const template = parseTemplate(text);
  if ('problem' in template) return { missing: [] };
  const missing = template.variables.filter((name) => (values[name] ?? '') === '');
  if (missing.length > 0) return { missing };
  return {
    text: template.parts.map((part) => ('text' in part ? part.text : (values[part.variable] ?? ''))).join(''),
  };
}
