// Tokens that a device asks for by the name of a service, such as the one by which it signs in with a managed account. Whoever can
// make one is in the table that the composition hands in; a service that is not is answered as Apple says.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { CheckInMessageOf } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { Speaker } from '../speaker.ts';
import { type AppleAnswer, answerWith } from '../answer.ts';
import type { AppleDeps } from '../apple-deps.ts';

export async function getToken(
  deps: AppleDeps,
  speaker: Speaker,
  { fields }: CheckInMessageOf<'GetToken'>,
): Promise<AppleAnswer> {
  const services = deps.tokenServices ?? {};
  const service = Object.hasOwn(services, fields.TokenServiceType)
    ? services[fields.TokenServiceType]
    : undefined;
  if (service === undefined) {
    throw new DomainError('invalid-input', 'There is no such service', { reason: 'unknown-token-service' });
  }
  return answerWith('GetToken', { TokenData: await service(speaker, fields.TokenParameters ?? {}) });
}
