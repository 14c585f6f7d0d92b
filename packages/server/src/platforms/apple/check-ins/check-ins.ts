// Every check-in message and who answers it. A message that is missing here does not compile.
import type { CheckInMessage, CheckInMessageOf, CheckInType } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { Speaker } from '../speaker.ts';
import type { AppleAnswer } from '../answer.ts';
import type { AppleDeps } from '../apple-deps.ts';
import { authenticate } from './authenticate.ts';
import { getBootstrapToken, setBootstrapToken } from './bootstrap-token.ts';
import { checkOut } from './check-out.ts';
import { declarativeManagement } from './declarative-management.ts';
import { getToken } from './get-token.ts';
import { returnToService } from './return-to-service.ts';
import { tokenUpdate } from './token-update.ts';
import { userAuthenticate } from './user-authenticate.ts';

type Handler<T extends CheckInType> = (
  deps: AppleDeps,
  speaker: Speaker,
  message: CheckInMessageOf<T>,
) => AppleAnswer | Promise<AppleAnswer>;

const handlers: { readonly [T in CheckInType]: Handler<T> } = {
  Authenticate: authenticate,
  TokenUpdate: tokenUpdate,
  CheckOut: checkOut,
  UserAuthenticate: userAuthenticate,
  SetBootstrapToken: setBootstrapToken,
  GetBootstrapToken: getBootstrapToken,
  GetToken: getToken,
  DeclarativeManagement: declarativeManagement,
  ReturnToService: returnToService,
};

export async function answerCheckIn(
  deps: AppleDeps,
  speaker: Speaker,
  message: CheckInMessage,
): Promise<AppleAnswer> {
  return (handlers[message.type] as Handler<CheckInType>)(deps, speaker, message);
}
