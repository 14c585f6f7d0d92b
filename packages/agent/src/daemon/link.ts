/**
 * The link to the server: one client with the certificate in use, a newer certificate tried first and kept once it has worked,
 * renewal from the last third of its life (security rule on agent certificates).
 */
import { buildCertificateRequest, decodePem } from '@gatehouse/protocols/x509/index.ts';
import { readDeviceChain } from '@gatehouse/protocols/agent-enrollment/index.ts';
import { RefusedError } from '../protocol/errors.ts';
import { GatewayClient } from '../protocol/gateway-client.ts';
import type { StateStore } from '../state/agent-state.ts';
import { type Credential, exportKey, type Identity, newDeviceKey, saveIdentity } from '../state/identity.ts';
import type { StateDirectory } from '../state/state-directory.ts';

const dayMs = 86_400_000;

export class Link {
  readonly #state: StateDirectory;
  readonly #store: StateStore;
  #identity: Identity;
  #client: GatewayClient;

  constructor(state: StateDirectory, store: StateStore, identity: Identity) {
    this.#state = state;
    this.#store = store;
    this.#identity = identity;
    this.#client = new GatewayClient(identity, identity.nextCredential ?? identity.credential);
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** Calls the server; what comes of it also says whether a new certificate is good. */
  async call<T>(work: (client: GatewayClient) => Promise<T>): Promise<T> {
    try {
      const result = await work(this.#client);
      await this.#keepNext();
      return result;
    } catch (error) {
      const refused =
        error instanceof RefusedError && error.status === 401 && error.code.startsWith('certificate-');
      if (!refused || this.#identity.nextCredential === undefined) throw error;
      // The new certificate is not accepted; the old one is still good until its end.
      await this.#replace({ ...this.#identity }, this.#identity.credential);
      return work(this.#client);
    }
  }

  /** True from two thirds of the certificate's life, once a day. */
  isRenewalDue(now: number): boolean {
    const { credential, nextCredential } = this.#identity;
    if (nextCredential !== undefined) return false;
    const from = credential.notBefore + ((credential.notAfter - credential.notBefore) * 2) / 3;
    return now >= from && now - (this.#store.current.lastRenewalAt ?? 0) >= dayMs;
  }

  async renew(now: number): Promise<void> {
    await this.#store.update({ lastRenewalAt: now });
    const key = newDeviceKey();
    const answer = await this.call((client) => client.renewCertificate(buildCertificateRequest(key)));
    const [deviceRoot] = decodePem('CERTIFICATE', this.#identity.deviceRoot);
    if (deviceRoot === undefined) throw new Error('the device root is lost');
    const chain = answer.chain.map((der) => Buffer.from(der, 'base64'));
    const { deviceId, ...issued } = readDeviceChain(chain, { deviceRoot, deviceKey: key, now });
    if (deviceId !== this.#identity.deviceId) throw new Error('the renewed certificate names another device');
    const next: Credential = {
      privateKey: exportKey(key),
      chain: issued.chain,
      notBefore: issued.notBefore,
      notAfter: issued.notAfter,
    };
    await this.#replace({ ...this.#identity, nextCredential: next }, next);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #keepNext(): Promise<void> {
    const { nextCredential, ...rest } = this.#identity;
    if (nextCredential === undefined) return;
    this.#identity = { ...rest, credential: nextCredential };
    await saveIdentity(this.#state, this.#identity);
  }

  async #replace(identity: Identity, credential: Credential): Promise<void> {
    const { nextCredential, ...rest } = identity;
    this.#identity = nextCredential === undefined || credential !== nextCredential ? rest : identity;
    await saveIdentity(this.#state, this.#identity);
    const before = this.#client;
    this.#client = new GatewayClient(this.#identity, credential);
    // Requests that are held on the old certificate end with it; whoever waits for them tries again.
    void before.close();
  }
}
