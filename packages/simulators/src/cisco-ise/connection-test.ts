// ISE's button "Test Connection": one discovery call, and one of six messages about it (NAC-16 … NAC-21). A server that does
// not pass may be saved, but stays disabled (NAC-15).
import { type Discovery, decodeDiscovery } from '@gatehouse/protocols/cisco-ise/index.ts';
import type { HttpAnswer } from './transport.ts';

export const connectionMessages = {
  unreachable: 'Connection failed: check the connection parameters.',
  'not-found': 'Connection failed: 404: Not Found. The instance is wrong, or none is needed.',
  forbidden: 'Connection failed: 403: Forbidden. The account lacks the API role.',
  unauthorized: 'Connection failed: 401: Unauthorized. User name, password or site is wrong.',
  certificate: 'There is a problem with the server certificate or the ISE trust store.',
  connected: 'The MDM server details are valid and the connectivity was successful.',
} as const;

export type ConnectionState = keyof typeof connectionMessages;

export interface ConnectionTest {
  readonly state: ConnectionState;
  readonly message: string;
  /** What the server said of itself; only when connected. */
  readonly discovery?: Discovery;
}

const byStatus: Readonly<Record<number, ConnectionState>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
};

const certificateCodes =
  /^(?:CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO_|INVALID_CA|PATH_LENGTH|HOSTNAME_MISMATCH)/;

export async function testConnection(discover: () => Promise<HttpAnswer>): Promise<ConnectionTest> {
  let answer: HttpAnswer;
  try {
    answer = await discover();
  } catch (error) {
    return result(certificateCodes.test(codeOf(error)) ? 'certificate' : 'unreachable');
  }
  if (answer.status !== 200) return result(byStatus[answer.status] ?? 'unreachable');
  try {
    return { ...result('connected'), discovery: decodeDiscovery(answer.body) };
  } catch {
    // Something answers, but it is no MDM server: a login page of a proxy, for instance.
    return result('unreachable');
  }
}

function result(state: ConnectionState): ConnectionTest {
  return { state, message: connectionMessages[state] };
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return typeof code === 'string' ? code : cause === undefined ? '' : codeOf(cause);
}
