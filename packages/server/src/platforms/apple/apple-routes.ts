// The one address at which Apple devices check in and fetch their commands.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { SignedDataParts } from '@gatehouse/protocols/cms/index.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { VerifiedCertificate } from '../../modules/certificates/index.ts';
import type { ApplePlatform } from './apple-platform.ts';
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
  const recognized = new WeakMap<FastifyRequest, VerifiedCertificate | Signed>();

  scope.route({
    method: 'PUT',
    url: '/mdm',
    config: { access },
    // Strangers are turned away before their body is read; whoever signs shows at least a certificate of ours.
    onRequest: async (request) => {
      const der = certificateOf(request);
      recognized.set(
        request,
        der === undefined
          ? await recognizeSigner(platform, signatureOf(request), request.id)
          : await platform.recognize(der, request.id),
      );
    },
    handler: async (request, reply) => {
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const found = recognized.get(request);
      if (found === undefined) throw new Error('nobody was recognized');
      const who =
        'signature' in found
          ? await proved(platform, found, body, request.id)
          : { certificate: found, signature: undefined };
      const { certificate, signature } = who;
      const contentType = request.headers['content-type'];
      const answer = await platform.answer(certificate, {
        contentType,
        body,
        signature,
        requestId: request.id,
      });
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
