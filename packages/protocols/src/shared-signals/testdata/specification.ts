/** Tokens and requests as the specifications show them, titled by section; values of people and hosts are the specifications' own. */

export interface SpecifiedSet {
  readonly section: string;
  readonly header: object;
  readonly claims: object;
}

export const specifiedSets: readonly SpecifiedSet[] = [
  {
    section: 'CAEP 1.0, 3.5: device compliance change',
    header: { typ: 'secevent+jwt', alg: 'RS256', kid: 'k' },
    claims: {
      iss: 'https://idp.example.com/123456789/',
      jti: '24c63fb56e5a2d77a6b512616ca9fa24',
      iat: 1615305159,
      aud: 'https://sp.example.com/caep',
      txn: '8675309',
      sub_id: {
        format: 'complex',
        device: { format: 'iss_sub', iss: 'https://idp.example.com/123456789/', sub: 'e9297990-14d2-42ec-a4a9-4036db86509a' },
        tenant: { format: 'opaque', id: '123456789' },
      },
      events: {
        'https://schemas.openid.net/secevent/caep/event-type/device-compliance-change': {
          current_status: 'not-compliant',
          previous_status: 'compliant',
          initiating_entity: 'policy',
          reason_admin: { en: 'Location Policy Violation: C076E8A3' },
          reason_user: { en: 'Device is no longer in a trusted location.' },
          event_timestamp: 1615304991,
        },
      },
    },
  },
  {
    section: 'SSF 1.0, 8.1.4.1: verification',
    header: { typ: 'secevent+jwt', alg: 'RS256', kid: 'k' },
    claims: {
      jti: '123456',
      iss: 'https://transmitter.example.com',
      aud: 'receiver.example.com',
      iat: 1493856000,
      sub_id: { format: 'opaque', id: 'f67e39a0a4d34d56b3aa1bc4cff0069f' },
      events: {
        'https://schemas.openid.net/secevent/ssf/event-type/verification': {
          state: 'VGhpcyBpcyBhbiBleGFtcGxlIHN0YXRlIHZhbHVlLgo=',
        },
      },
    },
  },
  {
    section: 'SSF 1.0, 8.1.5: stream updated',
    header: { typ: 'secevent+jwt', alg: 'RS256', kid: 'k' },
    claims: {
      jti: '123456',
      iss: 'https://transmitter.example.com',
      aud: 'receiver.example.com',
      iat: 1493856000,
      sub_id: { format: 'opaque', id: 'f67e39a0a4d34d56b3aa1bc4cff0069f' },
      events: {
        'https://schemas.openid.net/secevent/ssf/event-type/stream-updated': {
          status: 'paused',
          reason: 'License is not valid',
        },
      },
    },
  },
];

export const specifiedRequests = {
  'SSF 1.0, 8.1.1.1: create': `{"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"https://receiver.example.com/events"},
    "events_requested":["urn:example:secevent:events:type_2","urn:example:secevent:events:type_3"],"description":"Stream for Receiver A"}`,
  'SSF 1.0, 8.1.1.3: update': `{"stream_id":"f67e39a0a4d34d56b3aa1bc4cff0069f","events_requested":["urn:example:secevent:events:type_2"]}`,
  'SSF 1.0, 8.1.2.2: status': `{"stream_id":"f67e39a0a4d34d56b3aa1bc4cff0069f","status":"paused","reason":"Disabled by administrator action."}`,
  'SSF 1.0, 8.1.3.2: add subject': `{"stream_id":"f67e39a0a4d34d56b3aa1bc4cff0069f","subject":{"format":"email","email":"example.user@example.com"},"verified":true}`,
  'SSF 1.0, 8.1.4.2: verify': `{"stream_id":"f67e39a0a4d34d56b3aa1bc4cff0069f","state":"VGhpcyBpcyBhbiBleGFtcGxlIHN0YXRlIHZhbHVlLgo="}`,
  'RFC 8936, 2.4.2: acknowledge only': `{"ack":["4d3559ec67504aaba65d40b0363faad8","3d0c3cf797584bd193bd0fb1bd4e7d30"],"maxEvents":0}`,
  'RFC 8936, 2.4.4: poll with errors': `{"ack":["3d0c3cf797584bd193bd0fb1bd4e7d30"],"setErrs":{"4d3559ec67504aaba65d40b0363faad8":
    {"err":"authentication_failed","description":"The SET could not be authenticated"}},"returnImmediately":true}`,
  'RFC 8935, 2.3: failure': `{"err":"invalid_key","description":"Key ID 12345 has been revoked."}`,
} as const;
