// Declarative management travels inside check-ins: the door leads to whoever compiles declarations.
import { DomainError } from '@gatehouse/core/errors.ts';
import { appleMediaTypes, type CheckInMessageOf } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { Speaker } from '../speaker.ts';
import type { AppleAnswer } from '../answer.ts';
import type { AppleDeps } from '../apple-deps.ts';
import { ownChannel, targetOf } from '../target.ts';

export async function declarativeManagement(
  deps: AppleDeps,
  speaker: Speaker,
  { fields }: CheckInMessageOf<'DeclarativeManagement'>,
): Promise<AppleAnswer> {
  if (ownChannel(speaker)?.enrolled !== true) {
    throw new DomainError('invalid-input', 'The channel is not open', { reason: 'not-introduced' });
  }
  const { status, body } = await deps.database.withTenant(speaker.organizationId, (tx) =>
    deps.declarations.answer(
      { tx, target: targetOf(deps, (work) => work(tx), speaker), now: speaker.now },
      fields.Endpoint,
      fields.Data,
    ),
  );
  return { status, ...(body === undefined ? {} : { contentType: appleMediaTypes.json, body }) };
}
