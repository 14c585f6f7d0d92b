/** How the answers of a gate look, wherever they stand. */
export const accessMarks = { allow: 'ok', quarantine: 'grace', deny: 'bad' } as const;

export type GateAccess = keyof typeof accessMarks;

/** Of several devices behind one address the worst answer counts. */
export function worstOf(devices: readonly { readonly access: GateAccess }[]): GateAccess | undefined {
  const order: readonly GateAccess[] = ['deny', 'quarantine', 'allow'];
  return order.find((access) => devices.some((device) => device.access === access));
}

interface Health {
  readonly enabled: boolean;
  readonly answeredAt: string | null;
  readonly problem: string | null;
  readonly problemAt: string | null;
}

/** How a server or network device stands, by its last exchange. */
export function healthOf({ enabled, answeredAt, problem, problemAt }: Health): {
  readonly kind: 'ok' | 'bad' | 'unknown' | 'unchecked';
  readonly word: 'answered' | 'trouble' | 'noneYet' | 'off';
  readonly since: string | null;
} {
  if (!enabled) return { kind: 'unchecked', word: 'off', since: null };
  if (problem !== null) return { kind: 'bad', word: 'trouble', since: problemAt };
  if (answeredAt === null) return { kind: 'unknown', word: 'noneYet', since: null };
  return { kind: 'ok', word: 'answered', since: answeredAt };
}
