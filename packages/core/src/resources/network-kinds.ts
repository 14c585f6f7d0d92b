/** Networks: Wi-Fi, VPN, mobile data, proxy for everything (RES-04, RES-12 … RES-14, VPN-01 … VPN-08). */
import {
  boolean,
  choice,
  defineResource,
  domains,
  host,
  httpsUrl,
  line,
  port,
  reference,
} from './define-resource.ts';
import { identity, password, proxy, userName } from './shared-fields.ts';

const enterprise = { field: 'security', is: ['enterprise'] } as const;

export const wifi = defineResource({
  title: 'Wi-Fi network',
  description: 'A wireless network that devices join (RES-13).',
  uniqueBy: 'ssid',
  fields: {
    ssid: { shape: line(32), required: true, description: 'The network’s name.' },
    hidden: { shape: boolean, default: false, description: 'The network does not tell its name.' },
    autoJoin: { shape: boolean, default: true, description: 'Join it when it is in reach.' },
    security: {
      shape: choice('open', 'wep', 'personal', 'wpa3-personal', 'enterprise'),
      required: true,
      description: 'How the network is protected.',
    },
    password: {
      ...password('The network’s password or WEP key.'),
      required: true,
      when: { field: 'security', is: ['wep', 'personal', 'wpa3-personal'] },
    },
    eapTypes: {
      shape: { type: 'list', of: choice('tls', 'ttls', 'peap'), maximum: 3 },
      required: true,
      when: enterprise,
      description: 'How users or devices prove who they are.',
    },
    innerAuthentication: {
      shape: choice('PAP', 'CHAP', 'MSCHAP', 'MSCHAPv2', 'EAP'),
      when: enterprise,
      description: 'What TTLS carries inside.',
    },
    user: { ...userName('Who signs in.'), when: enterprise },
    userPassword: { ...password('The user’s password; without one the device asks.'), when: enterprise },
    outerIdentity: {
      ...userName('The name shown to the network before the tunnel stands.'),
      when: enterprise,
    },
    identity: { ...identity('The certificate with which the device proves itself.'), when: enterprise },
    trustedCertificates: {
      shape: { type: 'list', of: reference('certificate'), maximum: 20 },
      when: enterprise,
      description: 'Certificates by which the network’s server is known.',
    },
    trustedServerNames: {
      shape: domains,
      when: enterprise,
      description: 'Names that the network’s server may have; `*.` stands for any first part.',
    },
    fixedAddress: {
      shape: boolean,
      default: false,
      description: 'Always show the network the hardware’s own address.',
    },
    ...proxy,
  },
});

const anyConnect = { field: 'connection', is: ['cisco-anyconnect'] } as const;
const byCertificate = { field: 'authentication', is: ['certificate'] } as const;

export const vpn = defineResource({
  title: 'VPN',
  description: 'A tunnel into the organization’s network (RES-12, VPN-01 … VPN-08).',
  uniqueBy: 'name',
  fields: {
    name: { shape: line(100), required: true, description: 'How the connection is called (VPN-02).' },
    connection: {
      shape: choice('cisco-anyconnect', 'cisco-ipsec', 'ikev2'),
      required: true,
      description: 'What the gateway speaks (VPN-01).',
    },
    server: { shape: line(253, 'host'), required: true, description: 'The gateway’s host name (VPN-02).' },
    group: {
      shape: line(100),
      when: { field: 'connection', is: ['cisco-anyconnect', 'cisco-ipsec'] },
      description: 'The group at the gateway (VPN-02).',
    },
    realm: { shape: line(100), when: anyConnect, description: 'The sign-in domain at the gateway.' },
    user: userName('The account, such as %domain%\\%username% (VPN-03).'),
    authentication: {
      shape: choice('certificate', 'prompt', 'shared-secret'),
      required: true,
      description: 'By certificate, by asking for name and password, or by a shared secret (VPN-04).',
    },
    identity: {
      ...identity('The certificate that proves the device (VPN-04).'),
      required: true,
      when: byCertificate,
    },
    sharedSecret: {
      ...password('The secret that the gateway shares with its clients (RES-12).'),
      required: true,
      when: { field: 'authentication', is: ['shared-secret'] },
    },
    password: {
      ...password('The user’s password; without one he is asked.'),
      when: { field: 'authentication', is: ['shared-secret', 'prompt'] },
    },
    remoteIdentifier: {
      shape: line(253),
      variables: true,
      required: true,
      when: { field: 'connection', is: ['ikev2'] },
      description: 'By which name the gateway proves itself.',
    },
    localIdentifier: {
      shape: line(253),
      variables: true,
      required: true,
      when: { field: 'connection', is: ['ikev2'] },
      description: 'By which name the device speaks.',
    },
    onDemandAlways: {
      shape: domains,
      description: 'Domains for which the tunnel is always established (VPN-05).',
    },
    onDemandNever: { shape: domains, description: 'Domains for which it never is (VPN-06).' },
    onDemandIfNeeded: {
      shape: domains,
      description: 'Domains for which it is when their names cannot be looked up (VPN-07).',
    },
    onDemandProbe: {
      shape: httpsUrl,
      description:
        'An address that answers only inside: for “always”, the tunnel is made when it does not answer.',
    },
    everything: { shape: boolean, default: false, description: 'All traffic goes through the tunnel.' },
    ...proxy,
  },
});

export const cellular = defineResource({
  title: 'Mobile data',
  description: 'The access point of mobile data (RES-04).',
  uniqueBy: true,
  fields: {
    accessPoint: { shape: line(100), required: true, description: 'The access point’s name (APN).' },
    authentication: { shape: choice('PAP', 'CHAP'), default: 'PAP', description: 'How the device signs in.' },
    user: userName('Who signs in.'),
    password: password('The password.'),
    proxyServer: { shape: host, description: 'A proxy for mobile data.' },
    proxyPort: { shape: port, description: 'The proxy’s port.' },
  },
});

export const globalHttpProxy = defineResource({
  title: 'Proxy for everything',
  description: 'All web traffic goes through this proxy (RES-14).',
  uniqueBy: true,
  note: 'Only supervised devices take it.',
  fields: {
    ...proxy,
    proxyMode: { shape: choice('manual', 'automatic'), required: true, description: 'How the proxy is set.' },
    captiveLogin: {
      shape: boolean,
      default: false,
      description: 'Allow to go around it to sign in at hotel and café networks.',
    },
  },
});
