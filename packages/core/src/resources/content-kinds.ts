/** Everything else: bookmarks, apps, certificates, and what an administrator brings ready made (RES-01, 03, 10, 11). */
import { boolean, choice, defineResource, httpsUrl, line, url } from './define-resource.ts';
import { password } from './shared-fields.ts';

export const webClip = defineResource({
  title: 'Web clip',
  description: 'A bookmark on the home screen (RES-03).',
  uniqueBy: 'label',
  fields: {
    label: { shape: line(50), required: true, description: 'What stands below the picture.' },
    address: { shape: url, variables: true, required: true, description: 'What it opens.' },
    icon: { shape: { type: 'data', maximumBytes: 512 * 1024 }, description: 'The picture, PNG.' },
    removable: { shape: boolean, default: true, description: 'The user may remove it.' },
    fullScreen: { shape: boolean, default: false, description: 'Open it like an app.' },
  },
});

const source = (is: string) => ({ field: 'source', is: [is] }) as const;

export const managedApp = defineResource({
  title: 'Managed app',
  description: 'An app that belongs to the organization (RES-10).',
  fields: {
    name: { shape: line(100), required: true, description: 'What it is called.' },
    source: { shape: choice('app-store', 'manifest'), required: true, description: 'Where it comes from.' },
    appStoreId: {
      shape: line(15, 'number'),
      required: true,
      when: source('app-store'),
      description: 'Its number in the App Store.',
    },
    license: {
      shape: choice('none', 'device', 'user'),
      default: 'none',
      when: source('app-store'),
      description:
        'The organization’s licence for it is given to devices or to users; none: users get it with their own account.',
    },
    manifest: {
      shape: httpsUrl,
      required: true,
      when: source('manifest'),
      description: 'Where the manifest of an app of one’s own is.',
    },
    bundleId: {
      shape: line(255, 'identifier'),
      description:
        'Its identifier, such as com.example.mail: systems that take apps by command know them by it.',
    },
    install: {
      shape: choice('required', 'optional'),
      default: 'required',
      description: 'Installed by itself, or offered to the user.',
    },
    backup: { shape: boolean, default: false, description: 'Its data may go into backups.' },
    removeAtWipe: {
      shape: boolean,
      default: true,
      description:
        'It goes, with its data, at a selective wipe and when management ends; otherwise it stays (WIP-03).',
    },
    configuration: {
      shape: { type: 'json', maximumBytes: 16 * 1024 },
      variables: true,
      description: 'What the app finds as its managed configuration (APP-15); a percent sign is written %%.',
    },
    secretConfiguration: {
      shape: { type: 'json', maximumBytes: 16 * 1024 },
      secret: true,
      description:
        'More of the configuration, such as passwords, which is never shown again and holds no variables.',
    },
  },
});

export const scep = defineResource({
  title: 'Certificate by SCEP',
  description: 'The device makes a key and has it certified by a SCEP server (RES-11).',
  fields: {
    address: { shape: url, required: true, description: 'The SCEP server.' },
    authority: { shape: line(100), description: 'The name of the authority, where the server has several.' },
    subject: {
      shape: line(500, 'subject'),
      variables: true,
      required: true,
      description: 'The subject, such as CN=%username%,O=Acme.',
    },
    challenge: password('The password that the server asks for.'),
    fingerprint: {
      shape: line(128, 'fingerprint'),
      description: 'SHA-256 of the authority’s certificate, in hexadecimal.',
    },
    keySize: { shape: choice('2048', '3072', '4096'), default: '2048', description: 'Bits of the RSA key.' },
    keyUsage: {
      shape: choice('signing', 'encryption', 'both'),
      default: 'both',
      description: 'What the key may be used for.',
    },
    emailName: { shape: line(254), variables: true, description: 'An e-mail address in the certificate.' },
    dnsName: { shape: line(253), variables: true, description: 'A host name in the certificate.' },
    principalName: { shape: line(254), variables: true, description: 'A Windows user in the certificate.' },
    extractable: { shape: boolean, default: false, description: 'The key may leave the device’s key store.' },
  },
});

export const certificate = defineResource({
  title: 'Trusted certificate',
  description: 'The certificate of an authority or server that devices trust.',
  fields: {
    certificate: {
      shape: { type: 'data', maximumBytes: 16 * 1024 },
      required: true,
      description: 'The certificate, DER.',
    },
  },
});

export const identityFile = defineResource({
  title: 'Key and certificate',
  description: 'One key with its certificate for every device that it is assigned to (PKCS #12).',
  fields: {
    file: {
      shape: { type: 'data', maximumBytes: 64 * 1024 },
      secret: true,
      required: true,
      description: 'The PKCS #12 file.',
    },
    password: { ...password('The password of the file.'), required: true },
  },
});

export const provisioningProfile = defineResource({
  title: 'Provisioning profile',
  description: 'Lets devices run apps of the organization’s own (RES-01).',
  fields: {
    file: {
      shape: { type: 'data', maximumBytes: 128 * 1024 },
      required: true,
      description: 'The .mobileprovision file.',
    },
  },
});

export const customProfile = defineResource({
  title: 'Profile from a file',
  description: 'A ready-made configuration profile. What would change the management itself is taken out.',
  fields: {
    file: {
      shape: { type: 'data', maximumBytes: 1024 * 1024 },
      secret: true,
      required: true,
      description: 'The profile. It may hold passwords, and so is never shown again.',
    },
    variables: {
      shape: boolean,
      default: false,
      description: 'Texts in the profile may hold %username% and its kin; a percent sign is then written %%.',
    },
  },
});

export const applePayload = defineResource({
  title: 'Apple settings',
  description: 'One payload of Apple’s schema, key by key.',
  fields: {
    type: {
      shape: line(200, 'identifier'),
      required: true,
      description: 'Which payload, such as com.apple.dock.',
    },
    content: {
      shape: { type: 'json', maximumBytes: 64 * 1024 },
      variables: true,
      required: true,
      description:
        'Its keys. Bytes are written {"$data": base64}, times {"$date": ISO 8601}; a percent sign in a text is written %%.',
    },
    secretContent: {
      shape: { type: 'json', maximumBytes: 16 * 1024 },
      secret: true,
      description:
        'More keys, such as passwords, laid over the others; never shown again, and without variables.',
    },
  },
});

export const customDeclaration = defineResource({
  title: 'Declaration from a file',
  description: 'A ready-made configuration of declarative management.',
  fields: {
    type: {
      shape: line(200, 'identifier'),
      required: true,
      description: 'Such as com.apple.configuration.math.settings.',
    },
    payload: {
      shape: { type: 'json', maximumBytes: 64 * 1024 },
      required: true,
      description: 'What it says, as JSON.',
    },
  },
});
