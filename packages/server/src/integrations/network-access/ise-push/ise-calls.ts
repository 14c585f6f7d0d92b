// The calls to an ISE: a change of authorization through its monitoring node, quarantine by adaptive network control, and a
// question that changes nothing. Each ends in an outcome; nothing here calls again by itself, because the first is a GET that acts.
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  ancPaths,
  decodeCoaAnswer,
  decodeSessionServer,
  encodeAncOrder,
  encodeCoaPath,
  encodeSessionPath,
  isVersionAnswer,
} from '@gatehouse/protocols/cisco-ise/index.ts';
import { OutboundError } from '../../../kernel/outbound/outbound-error.ts';
import type { Outbound, OutboundAnswer, OutboundRequest } from '../../../kernel/outbound/outbound.ts';

export interface IseTarget {
  readonly mntUrl: string | null;
  readonly ersUrl: string | null;
  readonly psn: string | null;
  readonly coa: 'none' | 'reauthenticate' | 'disconnect';
  readonly coaOption: 0 | 1 | 2;
  readonly ancPolicy: string | null;
  readonly userName: string;
  readonly password: string;
  readonly trust: string | null;
}

export type IseOutcome =
  | { readonly outcome: 'accepted' }
  /** It knows no session of the endpoint: there is nothing to change. */
  | { readonly outcome: 'no-session' }
  /** It will say the same until somebody changes a setting. */
  | { readonly outcome: 'configuration'; readonly cause: string }
  | { readonly outcome: 'again'; readonly cause: string; readonly answered: boolean };

type Called = OutboundAnswer | Extract<IseOutcome, { readonly cause: string }>;

const xml = 'application/xml';

const causes: Readonly<Record<number, string>> = {
  401: 'it does not know the user name or the password',
  403: 'the account may not use this interface',
  404: 'there is no such interface at this address',
};

export function createIseCalls(outbound: Pick<Outbound, 'request'>) {
  async function call(
    target: IseTarget,
    base: string,
    path: string,
    request: Pick<OutboundRequest, 'method' | 'body'> & { readonly accept: string },
  ): Promise<Called> {
    const { accept, ...rest } = request;
    const basic = Buffer.from(`${target.userName}:${target.password}`).toString('base64');
    try {
      const answer = await outbound.request(new URL(path, base), {
        ...rest,
        headers: {
          authorization: `Basic ${basic}`,
          accept,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(target.trust === null ? {} : { trust: target.trust }),
      });
      const cause = causes[answer.status];
      if (cause !== undefined) return { outcome: 'configuration', cause };
      if (answer.status >= 500)
        return { outcome: 'again', cause: `it answers ${answer.status}`, answered: true };
      return answer;
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      const isSetting = error.reason === 'refused-address' || error.reason === 'untrusted';
      return isSetting
        ? { outcome: 'configuration', cause: error.message }
        : { outcome: 'again', cause: error.message, answered: false };
    }
  }

  function read<T>(answer: OutboundAnswer, decode: (bytes: Uint8Array) => T): T | undefined {
    try {
      return decode(answer.body);
    } catch (error) {
      if (error instanceof DecodeError) return undefined;
      throw error;
    }
  }

  const notUnderstood = {
    outcome: 'configuration',
    cause: 'what answers there is no such interface',
  } as const;

  async function psnOf(target: IseTarget, base: string, mac: string): Promise<string | IseOutcome> {
    if (target.psn !== null) return target.psn;
    const answer = await call(target, base, encodeSessionPath(mac), {
      method: 'GET',
      accept: xml,
    });
    // An endpoint without a session is answered with 404 or with nothing in it, by version.
    if ('outcome' in answer)
      return answer.outcome === 'configuration' && answer.cause === causes[404]
        ? { outcome: 'no-session' }
        : answer;
    return read(answer, decodeSessionServer) ?? { outcome: 'no-session' };
  }

  return {
    async changeAuthorization(target: IseTarget, mac: string): Promise<IseOutcome> {
      const { mntUrl: base, coa } = target;
      if (base === null || coa === 'none') return { outcome: 'accepted' };
      const psn = await psnOf(target, base, mac);
      if (typeof psn !== 'string') return psn;
      const path = encodeCoaPath({ kind: coa, psn, mac, option: target.coaOption });
      const answer = await call(target, base, path, { method: 'GET', accept: xml });
      if ('outcome' in answer) return answer;
      const told = answer.status === 200 ? read(answer, decodeCoaAnswer) : undefined;
      if (told === undefined) return notUnderstood;
      return { outcome: told.results ? 'accepted' : 'no-session' };
    },
    async quarantine(target: IseTarget, mac: string, apply: boolean): Promise<IseOutcome> {
      const { ersUrl: base, ancPolicy: policy } = target;
      if (base === null || policy === null) return { outcome: 'accepted' };
      const answer = await call(target, base, apply ? ancPaths.apply : ancPaths.clear, {
        method: 'PUT',
        body: encodeAncOrder({ mac, policy }),
        accept: 'application/json',
      });
      if ('outcome' in answer) return answer;
      if (answer.status >= 200 && answer.status < 300) return { outcome: 'accepted' };
      return { outcome: 'configuration', cause: `it answers ${answer.status}: is there a policy ${policy}?` };
    },
    /** Asks what changes nothing: the version of the monitoring node, one policy of ANC. */
    async ask(target: IseTarget): Promise<IseOutcome> {
      const questions = [
        [target.mntUrl, '/admin/API/mnt/Version', xml],
        [target.ersUrl, '/ers/config/ancpolicy?size=1', 'application/json'],
      ] as const;
      for (const [base, path, accept] of questions) {
        if (base === null) continue;
        const answer = await call(target, base, path, { method: 'GET', accept });
        if ('outcome' in answer) return answer;
        if (answer.status !== 200 || (accept === xml && !isVersionAnswer(answer.body))) return notUnderstood;
      }
      return { outcome: 'accepted' };
    },
  };
}

export type IseCalls = ReturnType<typeof createIseCalls>;
