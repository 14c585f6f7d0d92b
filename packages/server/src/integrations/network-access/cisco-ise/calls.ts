// From the request line to what is asked. The address is read as it was sent: an action's segment holds an equals sign, and
// the `+` of a filter must not have been decoded by anybody before.
import { DomainError } from '@gatehouse/core/errors.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  type ActionType,
  type ApiVersion,
  type AttributeFilter,
  type DeviceIdentifier,
  type DeviceQuery,
  type DeviceSelection,
  highestVersion,
  type IdentifierKind,
  isIdentifierKind,
  negotiateVersion,
  parseActionType,
  parseDeviceQuery,
  parseDeviceQueryPath,
  parseFilter,
  parseRawQuery,
  toApiVersion,
} from '@gatehouse/protocols/cisco-ise/index.ts';

export type ListSelection = Exclude<DeviceSelection, DeviceIdentifier>;

interface Answered {
  readonly version: ApiVersion;
}
export interface SingleCall extends Answered {
  readonly kind: 'single';
  readonly identifier: DeviceIdentifier;
  readonly filter: AttributeFilter;
}
export interface ListCall extends Answered {
  readonly kind: 'list';
  readonly selection: ListSelection;
  readonly paging: string;
  readonly filter: AttributeFilter;
  readonly listedBy: 'guid' | 'macaddress';
}
export interface BatchCall extends Answered {
  readonly kind: 'batch';
  readonly criteria: IdentifierKind;
  readonly paging: string;
  readonly filter: AttributeFilter;
}
export interface ActionCall extends Answered {
  readonly kind: 'action';
  readonly action: ActionType;
}
export interface MessageCall extends Answered {
  readonly kind: 'message';
}
export interface DiscoveryCall extends Answered {
  readonly kind: 'discovery';
}
export type Call = DiscoveryCall | SingleCall | ListCall | BatchCall | ActionCall | MessageCall;

/** Where the API of a version lives, below the instance; ISE learns it from discovery. */
export function apiPath(instance: string | undefined, version: ApiVersion): string {
  return `${instance === undefined ? '' : `/${instance}`}/ciscoise/mdmapi/v${version}`;
}

/** The first path segment, when it stands before `ciscoise`: the tenant's slug, as it was sent. */
export function instanceIn(rawUrl: string): string | undefined {
  return /^\/([^/?]*)\/ciscoise(?:[/?]|$)/.exec(rawUrl)?.[1];
}

type Resource = 'mdminfo' | 'devices' | 'batchdevices' | 'action' | 'sendmessage';

const methods: Record<Resource, string> = {
  mdminfo: 'GET',
  devices: 'GET',
  batchdevices: 'POST',
  action: 'POST',
  sendmessage: 'PUT',
};

/** The reason that becomes 405 Method Not Allowed; `detail.allow` has the method. */
export const methodNotAllowed = 'method-not-allowed';

/** @throws DomainError `not-found` or `invalid-input` */
export function parseCall(method: string, rawUrl: string): Call {
  const question = rawUrl.indexOf('?');
  const path = question === -1 ? rawUrl : rawUrl.slice(0, question);
  const rawQuery = question === -1 ? '' : rawUrl.slice(question + 1);
  const [, inPath, resource, rest = ''] =
    /^(?:\/[^/]*)?\/ciscoise(?:\/mdmapi\/v([123]))?\/(mdminfo|devices|batchdevices|action|sendmessage)(\/.*)?$/.exec(
      path,
    ) ?? [];
  if (resource === undefined) throw nothingHere();
  const allow = methods[resource as Resource];
  if (method !== allow) {
    throw new DomainError('not-found', `This address takes ${allow} only`, {
      reason: methodNotAllowed,
      detail: { allow },
    });
  }
  const version = inPath === undefined ? undefined : toApiVersion(Number(inPath));
  const below = rest.replace(/^\/|\/$/g, '');
  if (below !== '' && resource !== 'devices' && resource !== 'action') throw nothingHere();
  return refusingMalformed(() => {
    switch (resource as Resource) {
      case 'mdminfo':
        return {
          kind: 'discovery',
          version: negotiateVersion(parseRawQuery(rawQuery).get('ise_api_version')),
        };
      case 'devices':
        return below === ''
          ? queryCall(parseDeviceQuery(rawQuery), version)
          : queryCall(parseDeviceQueryPath(below), version ?? 1);
      case 'batchdevices':
        return batchCall(rawQuery, version ?? 2);
      case 'action':
        return {
          kind: 'action',
          version: version ?? highestVersion,
          action: parseActionType(below, rawQuery),
        };
      case 'sendmessage':
        return { kind: 'message', version: version ?? highestVersion };
      default:
        return resource as never;
    }
  });
}

function queryCall(query: DeviceQuery, given: ApiVersion | undefined): SingleCall | ListCall {
  const { selection, paging, filter, deviceIdentifier } = query;
  const modern = selection.kind === 'guid' || selection.kind === 'guidhn' || deviceIdentifier !== undefined;
  // Some clients ask below /ciscoise itself, where no version is named: then it shows in what they ask.
  const version = given ?? (modern ? 3 : 2);
  if (selection.kind === 'all' || selection.kind === 'compliance' || selection.kind === 'username') {
    const listedBy = deviceIdentifier ?? (version >= 3 ? 'guid' : 'macaddress');
    return { kind: 'list', version, selection, paging, filter, listedBy };
  }
  return { kind: 'single', version, identifier: selection, filter };
}

function batchCall(rawQuery: string, version: ApiVersion): BatchCall {
  const parameters = parseRawQuery(rawQuery);
  const criteria = (parameters.get('querycriteria') ?? 'macaddress').toLowerCase();
  const paging = parameters.get('paging') ?? '0';
  if (!isIdentifierKind(criteria)) throw new DecodeError('unknown criteria', { path: 'querycriteria' });
  if (!/^\d{1,19}$/.test(paging)) throw new DecodeError('decimal digits are expected', { path: 'paging' });
  return {
    kind: 'batch',
    version,
    criteria,
    paging: /^0+$/.test(paging) ? '0' : paging,
    filter: parseFilter(parameters.get('filter') ?? ''),
  };
}

/** Runs a decoder; what it refuses becomes a refusal of the request. */
export function refusingMalformed<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const code =
      error.reason === 'too-large'
        ? 'too-large'
        : error.reason === 'unsupported-media-type'
          ? 'unsupported-media-type'
          : 'invalid-input';
    throw new DomainError(code, error.message, { reason: error.reason });
  }
}

function nothingHere(): DomainError {
  return new DomainError('not-found', 'There is nothing at this address');
}
