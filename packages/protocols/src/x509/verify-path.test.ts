import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { suite, test } from 'node:test';
import { DecodeError } from '../decode-error.ts';
import { boolean, explicit, nullValue, octetString, oid, sequence } from '../der/write-der.ts';
import { type Signer, signerFor } from './algorithms.ts';
import { buildCertificate, newSerial, onlyTheseHosts } from './build-certificate.ts';
import { type Certificate, parseCertificate, publicKeyOf } from './parse-certificate.ts';
import {
  day,
  issuedAt,
  newDeviceCertificate,
  newIssuing,
  newKey,
  newRoot,
  oddCertificate,
  spkiOf,
} from './test-authority.ts';
import { type PathQuestion, type PathRefusal, verifyPath } from './verify-path.ts';

const root = newRoot();
const issuing = newIssuing(root);
const now = issuedAt + 30 * day;

function ask(leaf: Certificate, change: Partial<PathQuestion> = {}) {
  return verifyPath({
    leaf,
    intermediates: [issuing.certificate],
    roots: [root.certificate],
    now,
    usage: 'clientAuth',
    ...change,
  });
}

function reasonFor(leaf: Certificate, change: Partial<PathQuestion> = {}): PathRefusal | 'accepted' {
  const verdict = ask(leaf, change);
  return verdict.ok ? 'accepted' : verdict.reason;
}

function weakSigner(algorithm: 'ecdsa-sha1', key = issuing.key): Signer {
  return { algorithm, sign: (bytes) => sign('sha1', bytes, key) };
}

const goodExtensions = { keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] } as const;

test('a device certificate is accepted along leaf, issuing CA and root', () => {
  const leaf = newDeviceCertificate(issuing);
  const verdict = ask(leaf);
  assert.ok(verdict.ok);
  assert.deepEqual(
    verdict.chain.map((certificate) => certificate.fingerprint),
    [leaf.fingerprint, issuing.certificate.fingerprint, root.certificate.fingerprint],
  );
});

test('the path is found whatever order and company the intermediates come in', () => {
  const other = newIssuing(newRoot());
  const secondIssuing = newIssuing(root, 'Acme issuing CA 2');
  const intermediates = [other.certificate, secondIssuing.certificate, issuing.certificate, root.certificate];
  assert.equal(reasonFor(newDeviceCertificate(issuing), { intermediates }), 'accepted');
});

suite('DEV-05 wrong certificates are refused with their reason', () => {
  const foreignRoot = newRoot('Foreign root');
  const twinRoot = newRoot();
  const unknownCritical = explicit(
    3,
    sequence(sequence(oid('1.2.3.4'), boolean(true), octetString(nullValue()))),
  );
  const cases: readonly {
    name: string;
    leaf: () => Certificate;
    reason: PathRefusal;
    change?: Partial<PathQuestion>;
  }[] = [
    {
      name: 'expired',
      leaf: () => newDeviceCertificate(issuing),
      reason: 'expired',
      change: { now: issuedAt + 91 * day },
    },
    {
      name: 'not yet valid',
      leaf: () => newDeviceCertificate(issuing),
      reason: 'not-yet-valid',
      change: { now: issuedAt - 1000 },
    },
    {
      name: 'issued by a foreign authority with other names',
      leaf: () => newDeviceCertificate(newIssuing(foreignRoot, 'Foreign issuing CA')),
      reason: 'wrong-issuer',
    },
    {
      name: 'issued by a foreign authority that carries our names (same name, other key)',
      leaf: () => newDeviceCertificate(newIssuing(twinRoot)),
      reason: 'bad-signature',
    },
    {
      name: 'a foreign chain presented whole, with its own root among the intermediates',
      leaf: () => newDeviceCertificate(foreignRoot),
      reason: 'self-signed',
      change: { intermediates: [issuing.certificate, foreignRoot.certificate] },
    },
    { name: 'an issuing CA used as a leaf', leaf: () => issuing.certificate, reason: 'ca-as-leaf' },
    {
      name: 'for another purpose',
      leaf: () => odd({ extensions: { ...goodExtensions, extendedKeyUsage: ['serverAuth'] } }),
      reason: 'wrong-eku',
    },
    {
      name: 'without any stated purpose',
      leaf: () => odd({ extensions: { keyUsage: ['digitalSignature'] } }),
      reason: 'wrong-eku',
    },
    {
      name: 'for any purpose',
      leaf: () => odd({ extensions: { ...goodExtensions, extendedKeyUsage: ['anyExtendedKeyUsage'] } }),
      reason: 'wrong-eku',
    },
    {
      name: 'with a key that may not sign',
      leaf: () => odd({ extensions: { ...goodExtensions, keyUsage: ['keyEncipherment'] } }),
      reason: 'wrong-key-usage',
    },
    {
      name: 'signed with SHA-1',
      leaf: () => odd({ signer: weakSigner('ecdsa-sha1') }),
      reason: 'weak-signature',
    },
    {
      name: 'with a 1024-bit RSA key',
      leaf: () => odd({ key: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey }),
      reason: 'weak-key',
    },
    {
      name: 'with one byte of its content changed',
      leaf: () => {
        const der = Uint8Array.from(newDeviceCertificate(issuing).der);
        const at = Buffer.from(der).indexOf('01890a5d');
        der[at] = 0x31;
        return parseCertificate(der);
      },
      reason: 'bad-signature',
    },
    {
      name: 'with a critical extension nobody here understands',
      leaf: () => odd({ rawExtensions: unknownCritical }),
      reason: 'unknown-critical-extension',
    },
    { name: 'signed by itself', leaf: selfSigned, reason: 'self-signed' },
  ];
  function odd(change: Partial<Parameters<typeof oddCertificate>[0]>): Certificate {
    return parseCertificate(oddCertificate({ issuer: issuing, ...change }));
  }
  function selfSigned(): Certificate {
    return newRoot('01890a5d-ac96-774b-bcce-b302099a8057').certificate;
  }

  for (const { name, leaf, reason, change } of cases) {
    test(`DEV-05 ${name}: ${reason}`, () => {
      const verdict = ask(leaf(), change);
      assert.ok(!verdict.ok, 'was accepted');
      assert.equal(verdict.reason, reason, verdict.detail);
    });
  }

  test('DEV-05 an issuer that is expired, no CA, or may not sign certificates does not carry a leaf', () => {
    const leafAsIssuer = newKey();
    const plain = newDeviceCertificate(issuing, leafAsIssuer);
    const underPlain = parseCertificate(
      oddCertificate({ issuer: { certificate: plain, key: leafAsIssuer } }),
    );
    assert.equal(reasonFor(underPlain, { intermediates: [issuing.certificate, plain] }), 'not-ca');

    const shortKey = newKey();
    const short = parseCertificate(
      oddCertificate({
        issuer: root,
        commonName: 'Short CA',
        key: shortKey,
        notAfter: issuedAt + 10 * day,
        extensions: { basicConstraints: { ca: true }, keyUsage: ['keyCertSign'] },
      }),
    );
    const underShort = newDeviceCertificate({ certificate: short, key: shortKey });
    assert.equal(reasonFor(underShort, { intermediates: [short] }), 'expired');

    const muteKey = newKey();
    const mute = parseCertificate(
      oddCertificate({
        issuer: root,
        commonName: 'Mute CA',
        key: muteKey,
        extensions: { basicConstraints: { ca: true }, keyUsage: ['cRLSign'] },
      }),
    );
    const underMute = newDeviceCertificate({ certificate: mute, key: muteKey });
    assert.equal(reasonFor(underMute, { intermediates: [mute] }), 'wrong-key-usage');
  });

  test('DEV-05 an authority below an issuing CA of path length 0 is refused', () => {
    const key = newKey();
    const below = parseCertificate(
      oddCertificate({
        issuer: issuing,
        commonName: 'Sub CA',
        key,
        extensions: { basicConstraints: { ca: true }, keyUsage: ['keyCertSign'] },
      }),
    );
    const leaf = newDeviceCertificate({ certificate: below, key });
    assert.equal(reasonFor(leaf, { intermediates: [issuing.certificate, below] }), 'path-too-long');
  });

  test('DEV-05 a genuine certificate under another outermost tag, which no signature covers, is not read', () => {
    for (const outermost of [0x31, 0x32, 0x69, 0xa0]) {
      const der = Uint8Array.from(newDeviceCertificate(issuing).der);
      der[0] = outermost;
      assert.throws(() => parseCertificate(der), DecodeError);
    }
  });

  test('DEV-05 a certificate whose two algorithm fields differ is not even read', () => {
    const der = oddCertificate({ issuer: issuing, outerAlgorithm: 'ecdsa-sha384' });
    assert.throws(() => parseCertificate(der), DecodeError);
  });
});

test('names outside the constraints of the server-trust root are refused, wildcards included', () => {
  const key = newKey();
  const trust = parseCertificate(
    buildCertificate({
      profile: 'server-trust-root',
      subject: { commonName: 'Gatehouse server trust' },
      issuer: 'self',
      serial: newSerial((size) => new Uint8Array(size).fill(7)),
      notBefore: issuedAt,
      notAfter: issuedAt + 3650 * day,
      subjectPublicKey: spkiOf(key),
      signer: signerFor(key),
      nameConstraints: onlyTheseHosts({ dns: ['mdm.acme.example'], ip: ['192.0.2.7'] }),
    }),
  );
  const serverLeaf = (kind: 'dns' | 'ip', value: string) =>
    parseCertificate(
      buildCertificate({
        profile: 'server-tls',
        subject: { commonName: value },
        issuer: trust,
        serial: newSerial((size) => new Uint8Array(size).fill(9)),
        notBefore: issuedAt,
        notAfter: issuedAt + 90 * day,
        subjectPublicKey: spkiOf(newKey()),
        signer: signerFor(key),
        names: [{ kind, value }],
      }),
    );
  const check = (leaf: Certificate) =>
    reasonFor(leaf, { roots: [trust], intermediates: [], usage: 'serverAuth' });
  assert.equal(check(serverLeaf('dns', 'mdm.acme.example')), 'accepted');
  assert.equal(check(serverLeaf('ip', '192.0.2.7')), 'accepted');
  for (const name of [
    'bank.example',
    '*.acme.example',
    'evilmdm.acme.example',
    'mdm.acme.example.evil.example',
  ]) {
    assert.equal(check(serverLeaf('dns', name)), 'name-not-permitted', name);
  }
  assert.equal(check(serverLeaf('ip', '192.0.2.8')), 'name-not-permitted');
  assert.equal(check(serverLeaf('ip', '2001:db8::1')), 'name-not-permitted');
});

test('a crowd of look-alike issuers costs a bounded number of signature checks', () => {
  const leaf = newDeviceCertificate(issuing);
  const crowd = Array.from({ length: 9 }, () => newIssuing(newRoot()).certificate);
  const startedAt = performance.now();
  assert.equal(reasonFor(leaf, { intermediates: [...crowd, issuing.certificate] }), 'accepted');
  assert.equal(reasonFor(leaf, { intermediates: crowd }), 'bad-signature');
  assert.equal(reasonFor(leaf, { intermediates: [...crowd, ...crowd] }), 'path-too-long');
  assert.ok(performance.now() - startedAt < 500);
});

test('the public key of a certificate verifies what its private key signed', () => {
  const key = newKey();
  const certificate = newDeviceCertificate(issuing, key);
  const message = Buffer.from('hello');
  assert.ok(verify('sha256', message, publicKeyOf(certificate), sign('sha256', message, key)));
});
