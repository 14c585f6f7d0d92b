// Networks in Apple's words: Wi-Fi, VPN, mobile data, proxy (RES-04, RES-12 … RES-14, VPN-01 … VPN-08).
import type { PlistDictionary, PlistValue } from '@gatehouse/protocols/plist/index.ts';
import { dictionary, type FilledResource } from './filled-resource.ts';

/** The UUID of a certificate that the resource names, once it stands in the same profile. */
export type UuidOfNamed = (resourceId: string) => string;

const encryption: Readonly<Record<string, string>> = {
  open: 'None',
  wep: 'WEP',
  personal: 'WPA2',
  'wpa3-personal': 'WPA3',
  enterprise: 'WPA2',
};
/** Numbers of EAP methods (IANA). */
const eapTypes: Readonly<Record<string, number>> = { tls: 13, ttls: 21, peap: 25 };

export function wifi(network: FilledResource, uuidOf: UuidOfNamed): PlistDictionary {
  const identity = network.text('identity');
  return dictionary({
    SSID_STR: network.get('ssid'),
    HIDDEN_NETWORK: network.is('hidden'),
    AutoJoin: network.is('autoJoin'),
    EncryptionType: encryption[network.get('security')],
    Password: network.text('password'),
    DisableAssociationMACRandomization: network.is('fixedAddress') || undefined,
    PayloadCertificateUUID: identity === undefined ? undefined : uuidOf(identity),
    EAPClientConfiguration: network.get('security') === 'enterprise' ? eap(network, uuidOf) : undefined,
    ...proxy(network),
  });
}

function eap(network: FilledResource, uuidOf: UuidOfNamed): PlistDictionary {
  const anchors = network.list('trustedCertificates').map(uuidOf);
  const names = network.list('trustedServerNames');
  return dictionary({
    AcceptEAPTypes: network.list('eapTypes').flatMap((name) => eapTypes[name] ?? []),
    TTLSInnerAuthentication: network.text('innerAuthentication'),
    UserName: network.text('user'),
    UserPassword: network.text('userPassword'),
    OuterIdentity: network.text('outerIdentity'),
    PayloadCertificateAnchorUUID: anchors.length === 0 ? undefined : anchors,
    TLSTrustedServerNames: names.length === 0 ? undefined : [...names],
  });
}

function proxy(network: FilledResource): Readonly<Record<string, PlistValue | undefined>> {
  switch (network.get('proxyMode')) {
    case 'manual':
      return {
        ProxyType: 'Manual',
        ProxyServer: network.get('proxyServer'),
        ProxyServerPort: network.number('proxyPort'),
        ProxyUsername: network.text('proxyUser'),
        ProxyPassword: network.text('proxyPassword'),
      };
    case 'automatic':
      return { ProxyType: 'Auto', ProxyPACURL: network.text('proxyAddress') };
    default:
      return {};
  }
}

export function globalHttpProxy(resource: FilledResource): PlistDictionary {
  return dictionary({ ...proxy(resource), ProxyCaptiveLoginAllowed: resource.is('captiveLogin') });
}

export function cellular(resource: FilledResource): PlistDictionary {
  const access = {
    Name: resource.get('accessPoint'),
    AuthenticationType: resource.get('authentication'),
    Username: resource.text('user'),
    Password: resource.text('password'),
  };
  const network = dictionary({
    ...access,
    ProxyServer: resource.text('proxyServer'),
    ProxyPort: resource.number('proxyPort'),
  });
  return { AttachAPN: dictionary(access), APNs: [network] };
}

export function vpn(tunnel: FilledResource, uuidOf: UuidOfNamed): PlistDictionary {
  const certificate = tunnel.text('identity');
  const uuid = certificate === undefined ? undefined : uuidOf(certificate);
  const own = { 'cisco-anyconnect': anyConnect, 'cisco-ipsec': ipsec, ikev2 }[tunnel.get('connection')];
  return dictionary({
    UserDefinedName: tunnel.get('name'),
    ...own?.(tunnel, uuid),
    IPv4: tunnel.is('everything') ? { OverridePrimary: 1 } : undefined,
    Proxies: vpnProxy(tunnel),
  });
}

type Words = Readonly<Record<string, PlistValue | undefined>>;

function anyConnect(tunnel: FilledResource, uuid: string | undefined): Words {
  const vendor = dictionary({ Group: tunnel.text('group'), Realm: tunnel.text('realm') });
  return {
    VPNType: 'VPN',
    VPNSubType: 'com.cisco.anyconnect',
    VPN: dictionary({
      RemoteAddress: tunnel.get('server'),
      AuthName: tunnel.text('user'),
      AuthenticationMethod: uuid === undefined ? 'Password' : 'Certificate',
      PayloadCertificateUUID: uuid,
      Password: tunnel.text('password'),
      ...onDemand(tunnel, true),
    }),
    VendorConfig: Object.keys(vendor).length === 0 ? undefined : vendor,
  };
}

function ipsec(tunnel: FilledResource, uuid: string | undefined): Words {
  const secret = tunnel.text('sharedSecret');
  return {
    VPNType: 'IPSec',
    IPSec: dictionary({
      RemoteAddress: tunnel.get('server'),
      AuthenticationMethod: uuid === undefined ? 'SharedSecret' : 'Certificate',
      PayloadCertificateUUID: uuid,
      SharedSecret: secret === undefined ? undefined : Uint8Array.from(Buffer.from(secret)),
      LocalIdentifier: tunnel.text('group'),
      LocalIdentifierType: tunnel.text('group') === undefined ? undefined : 'KeyID',
      XAuthEnabled: 1,
      XAuthName: tunnel.text('user'),
      XAuthPassword: tunnel.text('password'),
      XAuthPasswordEncryption: tunnel.text('password') === undefined ? 'Prompt' : undefined,
      ...onDemand(tunnel, true),
    }),
  };
}

function ikev2(tunnel: FilledResource, uuid: string | undefined): Words {
  const byUser = tunnel.get('authentication') === 'prompt';
  return {
    VPNType: 'IKEv2',
    IKEv2: dictionary({
      RemoteAddress: tunnel.get('server'),
      RemoteIdentifier: tunnel.get('remoteIdentifier'),
      LocalIdentifier: tunnel.get('localIdentifier'),
      AuthenticationMethod: uuid !== undefined ? 'Certificate' : byUser ? 'None' : 'SharedSecret',
      PayloadCertificateUUID: uuid,
      SharedSecret: tunnel.text('sharedSecret'),
      ExtendedAuthEnabled: byUser ? 1 : 0,
      AuthName: tunnel.text('user'),
      AuthPassword: tunnel.text('password'),
      ...onDemand(tunnel, false),
    }),
  };
}

/**
 * VPN-05 … VPN-07. The three lists as such are the older way; it alone has "always" without a probe. Where the administrator
 * names a probe, or the connection knows rules only, rules say the same.
 */
function onDemand(tunnel: FilledResource, knowsLists: boolean): Words {
  const always = tunnel.list('onDemandAlways');
  const never = tunnel.list('onDemandNever');
  const ifNeeded = tunnel.list('onDemandIfNeeded');
  const probe = tunnel.text('onDemandProbe');
  if (always.length + never.length + ifNeeded.length === 0) return {};
  if (knowsLists && always.length > 0 && probe === undefined) {
    const given = (list: readonly string[]) => (list.length === 0 ? undefined : [...list]);
    return {
      OnDemandEnabled: 1,
      OnDemandMatchDomainsAlways: given(always),
      OnDemandMatchDomainsNever: given(never),
      OnDemandMatchDomainsOnRetry: given(ifNeeded),
    };
  }
  const parameters = [
    { domains: never, action: 'NeverConnect' },
    { domains: always, action: 'ConnectIfNeeded', probe },
    { domains: ifNeeded, action: 'ConnectIfNeeded' },
  ].filter(({ domains }) => domains.length > 0);
  return {
    OnDemandEnabled: 1,
    OnDemandRules: [
      {
        Action: 'EvaluateConnection',
        ActionParameters: parameters.map(({ domains, action, probe: asked }) =>
          dictionary({ Domains: [...domains], DomainAction: action, RequiredURLStringProbe: asked }),
        ),
      },
    ],
  };
}

/** VPN-08 */
function vpnProxy(tunnel: FilledResource): PlistDictionary | undefined {
  const server = tunnel.text('proxyServer');
  switch (tunnel.get('proxyMode')) {
    case 'manual':
      return dictionary({
        HTTPEnable: 1,
        HTTPProxy: server,
        HTTPPort: tunnel.number('proxyPort'),
        HTTPProxyUsername: tunnel.text('proxyUser'),
        HTTPProxyPassword: tunnel.text('proxyPassword'),
        HTTPSEnable: 1,
        HTTPSProxy: server,
        HTTPSPort: tunnel.number('proxyPort'),
      });
    case 'automatic': {
      const address = tunnel.text('proxyAddress');
      return address === undefined
        ? { ProxyAutoDiscoveryEnable: 1 }
        : { ProxyAutoConfigEnable: 1, ProxyAutoConfigURLString: address };
    }
    default:
      return undefined;
  }
}
