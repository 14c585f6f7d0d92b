/** For tests of the simulated device alone: a server with a list of commands to give, which remembers what it was told. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AppleCommand,
  type CheckInMessage,
  type CommandReport,
  decodeCheckIn,
  decodeReport,
  encodeCommand,
  isCheckInType,
} from '@gatehouse/protocols/apple-mdm/index.ts';
import { verifyDetached } from '@gatehouse/protocols/cms/index.ts';
import { type PlistDictionary, writePlist } from '@gatehouse/protocols/plist/index.ts';

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly checkIns: CheckInMessage[];
  readonly reports: CommandReport[];
  /** Fingerprints of those who signed. */
  readonly signers: Set<string>;
  readonly commands: AppleCommand[];
  /** Answers to DeclarativeManagement, by endpoint; what is not there is a 404. */
  readonly declarative: Map<string, unknown>;
}

export async function startTestServer(): Promise<TestServer> {
  const [checkIns, reports, commands]: [CheckInMessage[], CommandReport[], AppleCommand[]] = [[], [], []];
  const [signers, declarative] = [new Set<string>(), new Map<string, unknown>()];
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const signature = request.headers['mdm-signature'];
      if (typeof signature === 'string')
        signers.add(verifyDetached(Buffer.from(signature, 'base64'), body).fingerprint);
      if (!isCheckInType(request.headers['content-type'])) {
        const report = decodeReport(body);
        reports.push(report);
        if (
          report.status !== 'Idle' &&
          report.status !== 'NotNow' &&
          report.commandUuid === commands[0]?.commandUuid
        )
          commands.shift();
        const next = report.status === 'NotNow' ? undefined : commands[0];
        response.end(next === undefined ? undefined : encodeCommand(next));
        return;
      }
      const message = decodeCheckIn(body);
      checkIns.push(message);
      if (message.type !== 'DeclarativeManagement') response.end();
      else if (message.fields.Endpoint === 'status') {
        declarative.set('status', JSON.parse(Buffer.from(message.fields.Data ?? []).toString()));
        response.end();
      } else {
        const answer = declarative.get(message.fields.Endpoint);
        response.statusCode = answer === undefined ? 404 : 200;
        response.end(answer === undefined ? undefined : JSON.stringify(answer));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A test that fails before it closes this must still end.
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mdm`,
    checkIns,
    reports,
    signers,
    commands,
    declarative,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A profile as a server would give it out; identities are named by their place in it. */
export function profileBytes(identifier: string, payloads: readonly PlistDictionary[]): Uint8Array {
  return writePlist({
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    PayloadIdentifier: identifier,
    PayloadUUID: `UUID ${identifier}`,
    PayloadDisplayName: identifier,
    PayloadContent: payloads.map((payload, index) => ({
      PayloadVersion: 1,
      PayloadIdentifier: `${identifier}.${index}`,
      PayloadUUID: `${identifier} ${index}`,
      ...payload,
    })),
  });
}
