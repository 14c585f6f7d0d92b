// How a command of ours is named on the wire: by its id, and the later messages of one that takes several by id and step.

export function toCommandUuid(commandId: string, step: number): string {
  return step === 0 ? commandId : `${commandId}-${step}`;
}

const pattern = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:-([1-9][0-9]{0,2}))?$/i;

/** Undefined for a name that is not ours. */
export function fromCommandUuid(
  uuid: string,
): { readonly commandId: string; readonly step: number } | undefined {
  const parts = pattern.exec(uuid);
  return parts?.[1] === undefined
    ? undefined
    : { commandId: parts[1].toLowerCase(), step: Number(parts[2] ?? 0) };
}
