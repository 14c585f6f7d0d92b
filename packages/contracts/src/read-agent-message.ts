/**
 * Reads what the server tells an agent. An agent runs as root and takes nothing on trust: bytes become a message of the
 * protocol, whole and of the right types, or an error. Shared by the agent and the simulators.
 */
import { type Static, type TSchema } from 'typebox';
import { Check, Errors } from 'typebox/schema';
import {
  AgentError,
  CheckInResponse,
  CommandResultResponse,
  CommandsResponse,
  RenewCertificateResponse,
  UnenrollResponse,
} from './agent.ts';

export class AgentMessageError extends Error {
  override readonly name = 'AgentMessageError';
}

function reader<S extends TSchema>(what: string, schema: S): (text: string) => Static<S> {
  return (text) => {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      throw new AgentMessageError(`${what} is not JSON`);
    }
    if (!Check(schema, message)) {
      const [, [first]] = Errors(schema, message);
      throw new AgentMessageError(
        `${what} is wrong at ${first?.instancePath || '/'}: ${first?.message ?? 'unknown'}`,
      );
    }
    return message;
  };
}

export const readCheckInResponse = reader('the answer to a check-in', CheckInResponse);
export const readCommandsResponse = reader('the list of commands', CommandsResponse);
export const readCommandResultResponse = reader('the answer to a result', CommandResultResponse);
export const readRenewCertificateResponse = reader('the answer to a renewal', RenewCertificateResponse);
export const readUnenrollResponse = reader('the answer to leaving', UnenrollResponse);
const readAgentErrorBody = reader('an error', AgentError);

/** The error of an answer that is not 2xx; undefined when the body is not one of ours, e.g. a proxy's page. */
export function findAgentError(text: string): AgentError['error'] | undefined {
  try {
    return readAgentErrorBody(text).error;
  } catch {
    return undefined;
  }
}
