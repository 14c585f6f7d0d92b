/** Packets that others made: the examples of the RFCs, and requests of FreeRADIUS 3.2.1's radclient as it sent them. */

export interface GoldenPacket {
  readonly from: string;
  readonly secret: string;
  readonly hex: string;
  readonly name: string;
  /** As `attributeText` shows them. */
  readonly attributes: readonly (readonly [name: string, text: string])[];
  /** Of an answer: what it answers. */
  readonly answers?: string;
}

const rfc = 'xyzzy5461';
const radclient = 'quaver-plinth-ocelot-tumbril-0042';

const telnetRequest =
  '010000380f403f9473978057bd83d5cb98f4227a01066e656d6f02120dbe708d93d413ce3196e43f782a0aee0406c0a80110050600000003';
const framedRequest =
  '010100472aee86f08d0d55969ca5978e0d3367a20108666c6f707379031316e9755' +
  '7c316185895f293ff63440772750406c0a80110050600000014060600000002070600000001';
const statusRequest = '0cda00268a54f4686fb394c52866e302185d062350125a665e2e1e8411f3e243822097c84fa3';

export const goldenPackets: readonly GoldenPacket[] = [
  {
    from: 'RFC 2865 section 7.1, Access-Request',
    secret: rfc,
    hex: telnetRequest,
    name: 'Access-Request',
    attributes: [
      ['User-Name', 'nemo'],
      ['User-Password', '(16 bytes, not shown)'],
      ['NAS-IP-Address', '192.168.1.16'],
      ['NAS-Port', '3'],
    ],
  },
  {
    from: 'RFC 2865 section 7.1, Access-Accept',
    secret: rfc,
    hex: '0200002686fe220e7624ba2a1005f6bf9b55e0b20606000000010f06000000000e06c0a80103',
    name: 'Access-Accept',
    attributes: [
      ['Service-Type', 'Login-User'],
      ['Attr-15', '0x00000000'],
      ['Attr-14', '0xc0a80103'],
    ],
    answers: telnetRequest,
  },
  {
    from: 'RFC 2865 section 7.2, Access-Accept',
    secret: rfc,
    hex: '0201003815efbc7dab26cfa3dc34d9c03c8601a40606000000020706000000010806fffffffe0a06000000020d06000000010c06000005dc',
    name: 'Access-Accept',
    attributes: [
      ['Service-Type', 'Framed-User'],
      ['Framed-Protocol', '1'],
      ['Framed-IP-Address', '255.255.255.254'],
      ['Attr-10', '0x00000002'],
      ['Attr-13', '0x00000001'],
      ['Framed-MTU', '1500'],
    ],
    answers: framedRequest,
  },
  {
    from: 'RFC 5997 section 6.1, Status-Server with Message-Authenticator',
    secret: rfc,
    hex: statusRequest,
    name: 'Status-Server',
    attributes: [['Message-Authenticator', '0x5a665e2e1e8411f3e243822097c84fa3']],
  },
  {
    from: 'RFC 5997 section 6.1, Access-Accept',
    secret: rfc,
    hex: '02da0014ef0d552a4bf2d693ec2b6fe8b5411d66',
    name: 'Access-Accept',
    attributes: [],
    answers: statusRequest,
  },
  {
    from: 'radclient 3.2.1, coa with Message-Authenticator, Cisco-AVPair and tags',
    secret: radclient,
    hex: `2b2a00d1fbc1e62588405a513ab81e4d21a52dec01056164610406c000020a1f1341412d42422d43432d44442d45452d46462c0a3030
      303030303241 1a29000000090123737562736372696265723a636f6d6d616e643d726561757468656e746963617465 1a310000000901
      2b61756469742d73657373696f6e2d69643d304130303030303130303030303032413546314333423244 37066b0230805012 39420d40
      eafc2e90c0f400865642979a 40060100000d 410601000006 5105013230 5f1220010db800000000000000000000000a`,
    name: 'CoA-Request',
    attributes: [
      ['User-Name', 'ada'],
      ['NAS-IP-Address', '192.0.2.10'],
      ['Calling-Station-Id', 'AA-BB-CC-DD-EE-FF'],
      ['Acct-Session-Id', '0000002A'],
      ['Cisco-AVPair', 'subscriber:command=reauthenticate'],
      ['Cisco-AVPair', 'audit-session-id=0A0000010000002A5F1C3B2D'],
      ['Event-Timestamp', '1795305600'],
      ['Message-Authenticator', '0x39420d40eafc2e90c0f400865642979a'],
      ['Tunnel-Type', 'VLAN'],
      ['Tunnel-Medium-Type', 'IEEE-802'],
      ['Tunnel-Private-Group-Id', '20'],
      ['NAS-IPv6-Address', '2001:db8::a'],
    ],
  },
  {
    from: 'radclient 3.2.1, disconnect without Message-Authenticator',
    secret: radclient,
    hex: `28d700416e66e208fa8879bb8d3e93be05b6a16c 1f1341412d42422d43432d44442d45452d4646
      1a1a000030442a14616374696f6e3d7265617574682d706f7274`,
    name: 'Disconnect-Request',
    attributes: [
      ['Calling-Station-Id', 'AA-BB-CC-DD-EE-FF'],
      ['Fortinet-Host-Port-AVPair', 'action=reauth-port'],
    ],
  },
];
