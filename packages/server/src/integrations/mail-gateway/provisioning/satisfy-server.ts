// A mail server that has policies of its own lets nobody in without a key for them. The gateway fetches that policy in the device’s name,
// says that it is applied, and keeps the key to itself: what the device obeys is ours (POL-14). What the server wants wiped is learned here too.
import {
  type CommandRequest,
  isAtLeast,
  policyTypeOf,
  provisionRequest,
  readProvisionAnswer,
  type ReadProvisionAnswer,
} from '@gatehouse/protocols/activesync/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import type { MailServerProfile } from '../../../modules/mail/index.ts';
import { askServer, type ServerAnswer } from '../ask-server.ts';
import type { RequestHeaders } from '../request-headers.ts';
import { headAround, headWith, queryFor } from '../server-request.ts';
import type { ServerPool } from '../upstream/pool.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';

export type Satisfied =
  | { readonly is: 'key'; readonly key: number }
  /** It lets the device in without one. */
  | { readonly is: 'no-policy' }
  | { readonly is: 'wipe'; readonly kind: 'device' | 'account' }
  | { readonly is: 'wrong-credentials' }
  | { readonly is: 'failed'; readonly why: string };

export interface DeviceAtServer {
  readonly profile: MailServerProfile;
  readonly url: URL;
  readonly pool: ServerPool;
  readonly request: CommandRequest;
  readonly headers: RequestHeaders;
  /** Header lines that say who asks. */
  readonly identity: string;
  readonly user: string | undefined;
}

/** What a device must say of itself from 14.1 on; the mail server learns no more than that. */
const minimalInformation = (deviceType: string) => ({ Model: deviceType });

async function provision(device: DeviceAtServer, key: number, body: Uint8Array): Promise<ServerAnswer> {
  const { url, pool, headers, identity, user, profile } = device;
  const request: CommandRequest = { ...device.request, command: 'Provision', body: 'wbxml', parameters: {} };
  const at = { user, policyKey: key };
  const around = headAround(
    url,
    queryFor(request, at),
    request,
    { ...headers, length: body.length },
    at,
    true,
  );
  const head = headWith(around, identity, request, headers);
  return askServer(pool, {
    head: `${head}Content-Length: ${body.length}\r\n\r\n`,
    body: Buffer.from(body),
    timeoutMs: profile.timeoutMs,
  });
}

function read(answer: ServerAnswer): ReadProvisionAnswer | undefined {
  if (answer.head.status !== 200) return undefined;
  try {
    return readProvisionAnswer(answer.body);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

const failed = (why: string): Satisfied => ({ is: 'failed', why });

export async function satisfyServer(device: DeviceAtServer): Promise<Satisfied> {
  const { version, deviceType } = device.request;
  const policyType = policyTypeOf(version);
  try {
    const first = await provision(
      device,
      0,
      provisionRequest(version, {
        kind: 'download',
        policyType,
        ...(isAtLeast(version, '14.1') ? { deviceInformation: minimalInformation(deviceType) } : {}),
      }),
    );
    if (first.head.status === 401) return { is: 'wrong-credentials' };
    const offered = read(first);
    if (offered === undefined) return failed('The mail server’s answer to Provision cannot be read');
    if (offered.wipesDevice) return { is: 'wipe', kind: 'device' };
    if (offered.wipesAccount) return { is: 'wipe', kind: 'account' };
    if (offered.policyStatus === 2) return { is: 'no-policy' };
    if (offered.policyKey === undefined)
      return failed('The mail server offers no policy that could be fetched');
    const second = await provision(
      device,
      offered.policyKey,
      provisionRequest(version, { kind: 'acknowledge', policyType, policyKey: offered.policyKey, status: 1 }),
    );
    const accepted = read(second);
    if (accepted?.wipesDevice === true) return { is: 'wipe', kind: 'device' };
    return accepted?.policyKey === undefined
      ? failed('The mail server does not take the acknowledgement of its policy')
      : { is: 'key', key: accepted.policyKey };
  } catch (error) {
    if (error instanceof UpstreamError) return failed(error.message);
    throw error;
  }
}

/** Tells the mail server what became of the wipe that it wanted. Nobody waits for its answer. */
export async function reportWipe(
  device: DeviceAtServer,
  wiped: { readonly scope: 'device' | 'account'; readonly done: boolean },
): Promise<void> {
  const { version } = device.request;
  await provision(device, 0, provisionRequest(version, { kind: 'wiped', ...wiped }));
}
