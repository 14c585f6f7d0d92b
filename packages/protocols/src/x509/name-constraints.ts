/** Whether a certificate's names stay inside its issuer's name constraints (RFC 5280, section 4.2.1.10). */
import type { NameConstraints } from './extensions.ts';
import { addressBytes, type GeneralName } from './general-names.ts';

/** The first name that is not allowed, as text; undefined when all are. */
export function findForbiddenName(
  names: readonly GeneralName[],
  constraints: NameConstraints,
): string | undefined {
  const unreadable = [...constraints.permitted, ...constraints.excluded].find(
    (base) => base.kind === 'other',
  );
  // A critical constraint that cannot be applied must not be passed over.
  if (unreadable !== undefined) return `constraint of an unsupported kind (${unreadable.value})`;
  for (const name of names) {
    const permitted = constraints.permitted.filter((base) => base.kind === name.kind);
    const isPermitted = permitted.length === 0 || permitted.some((base) => isWithin(name, base));
    const isExcluded = constraints.excluded.some((base) => base.kind === name.kind && isWithin(name, base));
    if (!isPermitted || isExcluded) return `${name.kind} ${name.value}`;
  }
  return undefined;
}

function isWithin(name: GeneralName, base: GeneralName): boolean {
  switch (name.kind) {
    case 'dns':
      return isWithinDomain(name.value, base.value);
    case 'email':
      return base.value.includes('@')
        ? name.value.toLowerCase() === base.value.toLowerCase()
        : isWithinDomain(name.value.slice(name.value.lastIndexOf('@') + 1), base.value);
    case 'uri':
      return URL.canParse(name.value) && isWithinDomain(new URL(name.value).hostname, base.value);
    case 'ip':
      return isWithinSubnet(name.value, base.value);
    case 'other':
      return false;
  }
}

function isWithinDomain(host: string, base: string): boolean {
  const domain = base.replace(/^\./, '').toLowerCase();
  const lowered = host.toLowerCase();
  return domain === '' || lowered === domain || lowered.endsWith(`.${domain}`);
}

function isWithinSubnet(address: string, subnet: string): boolean {
  const [base = '', prefixText = ''] = subnet.split('/');
  const left = addressBytes(address);
  const right = addressBytes(base);
  if (left.length !== right.length) return false;
  const prefix = Number(prefixText);
  return left.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefix - index * 8));
    const mask = (0xff00 >> bits) & 0xff;
    return (byte & mask) === ((right[index] ?? 0) & mask);
  });
}
