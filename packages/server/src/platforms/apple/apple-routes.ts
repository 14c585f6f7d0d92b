// The one address at which Apple devices check in and fetch their commands.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { SignedDataParts } from '@gatehouse/protocols/cms/index.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { VerifiedCertificate } from '../../modules/certificates/index.ts';
import type { AppleAnswer } from './answer.ts';
import type { ApplePlatform, AppleRequestFacts } from './apple-platform.ts';
import { readSignature, signerOf } from './signature.ts';
import type { MessageSignature } from './speaker.ts';

const access = { device: 'certificate' } as const;

/** @param certificateOf the certificate of the connection, where the listener asks for one; DER. */
export function appleRoutes(
  scope: FastifyInstance,
  platform: ApplePlatform,
  certificateOf: (request: FastifyRequest) => Uint8Array | undefined,
): void {
  // Beside the request, not on it: a decoration would be seen by every surface.
  const recognized = new WeakMap<FastifyRequest, Recognized>();

  scope.route({
    method: 'PUT',
    url: '/mdm',
    config: { access },
    // Strangers are turned away before their body is read; whoever signs shows at least a certificate of ours.
    onRequest: async (request) => {
      const shown = { certificate: certificateOf(request), signature: signatureOf(request) };
      recognized.set(request, await recognizeSpeaker(platform, shown, request.id));
    },
    handler: async (request, reply) => {
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const found = recognized.get(request);
      if (found === undefined) throw new Error('nobody was recognized');
      const contentType = request.headers['content-type'];
      const answer = await answerRecognized(platform, found, { contentType, body, requestId: request.id });
      reply.code(answer.status);
      if (answer.contentType !== undefined) reply.header('content-type', answer.contentType);
      return reply.send(answer.body === undefined ? undefined : Buffer.from(answer.body));
    },
  });

  // Credentials and certificates that declarations refer to: asked for as any message, with nothing in it.
  scope.route<{ Params: { identifier: string } }>({
    method: 'GET',
    url: '/assets/:identifier',
    config: { access },
    handler: async (request, reply) => {
      const der =
        certificateOf(request) ?? signerOf(readSignature(signatureOf(request)), new Uint8Array()).certificate;
      const certificate = await platform.recognize(der, request.id);
      const { status, contentType, body } = await platform.asset(certificate, request.params.identifier);
      reply.code(status).header('cache-control', 'no-store');
      if (contentType !== undefined) reply.header('content-type', contentType);
      return reply.send(body === undefined ? undefined : Buffer.from(body));
    },
  });
}

/** What a message came with: see {@link answerMessage}. */
export interface AppleMessage {
  /** Of the connection, or from the trusted proxy; DER. */
  readonly certificate: Uint8Array | undefined;
  /** As it stands in the header. */
  readonly signature: string | undefined;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly requestId: string;
}

/**
 * The same for a message that has come whole.
 * @throws CertificateRefused, DecodeError, DomainError
 */
export async function answerMessage(platform: ApplePlatform, message: AppleMessage): Promise<AppleAnswer> {
  return answerRecognized(platform, await recognizeSpeaker(platform, message, message.requestId), message);
}

type Recognized = VerifiedCertificate | Signed;

async function recognizeSpeaker(
  platform: ApplePlatform,
  { certificate, signature }: Pick<AppleMessage, 'certificate' | 'signature'>,
  requestId: string,
): Promise<Recognized> {
  return certificate === undefined
    ? recognizeSigner(platform, signature, requestId)
    : platform.recognize(certificate, requestId);
}

async function answerRecognized(
  platform: ApplePlatform,
  found: Recognized,
  message: Omit<AppleRequestFacts, 'signature'>,
): Promise<AppleAnswer> {
  const { certificate, signature } =
    'signature' in found
      ? await proved(platform, found, message.body, message.requestId)
      : { certificate: found, signature: undefined };
  const { contentType, body, requestId } = message;
  return platform.answer(certificate, { contentType, body, signature, requestId });
}

function signatureOf(request: FastifyRequest): string | undefined {
  const header = request.headers['mdm-signature'];
  return typeof header === 'string' ? header : undefined;
}

/** A signature that one of our certificates came with. */
interface Signed {
  readonly signature: SignedDataParts;
  readonly der: Uint8Array;
  readonly certificate: VerifiedCertificate;
}

/** Not yet proof: the signature is over a body that has not been read. */
async function recognizeSigner(
  platform: ApplePlatform,
  header: string | undefined,
  requestId: string,
): Promise<Signed> {
  const signature = readSignature(header);
  let refusal: unknown;
  for (const der of signature.certificates) {
    try {
      return { signature, der, certificate: await platform.recognize(der, requestId, true) };
    } catch (error) {
      refusal = error;
    }
  }
  throw (
    refusal ??
    new DomainError('invalid-input', 'The signature brings no certificate', {
      reason: 'signature-no-signer-certificate',
    })
  );
}

async function proved(
  platform: ApplePlatform,
  { signature, der, certificate }: Signed,
  body: Uint8Array,
  requestId: string,
): Promise<{ readonly certificate: VerifiedCertificate; readonly signature: MessageSignature }> {
  const signer = signerOf(signature, body);
  return {
    certificate:
      signer.certificate === der
        ? certificate
        : await platform.recognize(signer.certificate, requestId, true),
    signature: signer.signature,
  };
}
