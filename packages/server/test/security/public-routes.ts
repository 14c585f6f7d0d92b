// Every address that answers without a credential, by listener, with the reason that stands on the route. Who opens another
// one adds it here, where it is reviewed (HTTP-01): the test compares this list with what the servers really serve.
import type { Listener } from './composed-server.ts';

const health = 'says only that the process lives or is ready';
const link = 'the one-time link is the credential';
const proof = 'a device has no certificate yet; its messages prove that it knows a code';
const enroll = 'people sign in here, or show a one-time password, to enrol a device';
const description = 'the description of the API holds no data';
const signIn = 'signing in is how one becomes known';
const branding = 'how an organization looks is shown to whoever is about to sign in or enrol';
const discovery = 'tells where to enrol, to devices that have no identity yet';
const directions = 'tells devices that the gateway is where their mail is, whoever asks';
const list = 'a revocation list is signed and made to be read by everybody';
const certificates =
  'a device has no certificate yet; its request carries a challenge or is signed by its present one';
const transmitter =
  'where a transmitter is and what it signs with, as the specification wants everybody to know';
const client = 'a client shows its credentials in the request itself (RFC 6749 section 4.4)';
const pages = 'pages and scripts of console and portal hold no data';
const loopback = 'the operations listener is loopback unless the operator moves it';

export const publicRoutes: Readonly<Record<Listener, Readonly<Record<string, string>>>> = {
  main: {
    'GET /healthz': health,
    'GET /readyz': health,
    'GET /api/v1/openapi.json': description,
    'POST /api/v1/session': signIn,
    'POST /my/api/v1/session': signIn,
    'POST /api/v1/session/passkey-challenge': signIn,
    'POST /api/v1/session/passkey': signIn,
    'GET /.well-known/gatehouse-enrollment': discovery,
    'GET /autodiscover/autodiscover.xml': directions,
    'POST /autodiscover/autodiscover.xml': directions,
    'GET /autodiscover/autodiscover.json': directions,
    'GET /autodiscover/autodiscover.json/v1.0/:address': directions,
    'GET /.well-known/ssf-configuration/ssf/:organization': transmitter,
    'GET /ssf/:organization/jwks': transmitter,
    'POST /ssf/:organization/token': client,
    'GET /crl/:file': list,
    'GET /scep/:organization': certificates,
    'POST /scep/:organization': certificates,
    'GET /scep/:organization/pkiclient.exe': certificates,
    'POST /scep/:organization/pkiclient.exe': certificates,
    'GET /console': pages,
    'GET /console/*': pages,
    'GET /my': pages,
    'GET /my/*': pages,
    'GET /assets/web/:file': pages,
    'GET /branding/:organization': branding,
    'GET /branding/:organization/:file': branding,
    'GET /setup': link,
    'POST /setup/begin': link,
    'POST /setup/complete': link,
    'GET /enroll/:organization': enroll,
    'GET /enroll/:organization/status': enroll,
    'POST /enroll/:organization/code': enroll,
    'POST /enroll/:organization/sign-in': enroll,
    'POST /enroll/:organization/mail': enroll,
    'POST /enroll/:organization/device': enroll,
    'POST /enroll/:organization/terms': enroll,
    'POST /enroll/:organization/profile': enroll,
    'POST /enroll/:organization/continue': enroll,
    'GET /enroll/:organization/profile': enroll,
    'POST /enroll/:organization/leave': enroll,
    'GET /enroll/:organization/password': enroll,
    'POST /enroll/:organization/password': enroll,
    'POST /agent/v1/enroll/:organization/begin': proof,
    'POST /agent/v1/enroll/:organization/complete': proof,
  },
  device: {},
  operations: {
    'GET /healthz': loopback,
    'GET /readyz': loopback,
    'GET /metrics': loopback,
  },
  local: {
    'GET /api/v1/openapi.json': description,
    'POST /api/v1/session': signIn,
    'POST /api/v1/session/passkey-challenge': signIn,
    'POST /api/v1/session/passkey': signIn,
  },
};
