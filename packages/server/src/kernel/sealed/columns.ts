// Every sealed column of the schema, in one table. The rotation job walks it; a test proves that no plaintext of any of
// them reaches the disk; a column that is not listed cannot be sealed.

export interface SealedColumn {
  /** Values of one class share a data key; destroying the key destroys the class. */
  readonly class: 'identity' | 'keys' | 'enrollment' | 'commands' | 'resources' | 'escrow';
  readonly table: string;
  readonly column: string;
  /** The columns, after organization_id, that name the row. */
  readonly key: string;
  /** What it holds, for the reader and for the documentation. */
  readonly holds: string;
}

export const sealedColumns = {
  'administrators.totp_secret': {
    class: 'identity',
    table: 'administrators',
    column: 'totp_secret',
    key: 'administrator_id',
    holds: 'the second factor’s shared secret',
  },
  'administrators.totp_pending': {
    class: 'identity',
    table: 'administrators',
    column: 'totp_pending',
    key: 'administrator_id',
    holds: 'a second factor’s secret that its owner has not confirmed yet',
  },
  'audit_keys.private_key': {
    class: 'keys',
    table: 'audit_keys',
    column: 'private_key',
    key: 'key_id',
    holds: 'the private key that signs an organization’s audit checkpoints (PKCS#8)',
  },
  'certificate_authorities.private_key': {
    class: 'keys',
    table: 'certificate_authorities',
    column: 'private_key',
    key: 'authority_id',
    holds: 'the private key of an authority (PKCS#8)',
  },
  'enrollments.server_key': {
    class: 'enrollment',
    table: 'enrollments',
    column: 'server_key',
    key: 'enrollment_id',
    holds: 'the server’s proof key of an open enrolment',
  },
  'enrollments.device_key': {
    class: 'enrollment',
    table: 'enrollments',
    column: 'device_key',
    key: 'enrollment_id',
    holds: 'the device’s proof key of an open enrolment',
  },
  'resources.secrets': {
    class: 'resources',
    table: 'resources',
    column: 'secrets',
    key: 'resource_id',
    holds:
      'the secret fields of a resource: passwords of networks and accounts, challenges, ready-made profiles',
  },
  'apple_contents.content': {
    class: 'resources',
    table: 'apple_contents',
    column: 'content',
    key: 'token',
    holds: 'a profile, declaration or credential as a device gets it, with the passwords in it',
  },
  'apple_token_keys.key': {
    class: 'keys',
    table: 'apple_token_keys',
    column: 'key',
    key: 'key_id',
    holds: 'the key of the hash that names such contents, so that a short password in one cannot be guessed',
  },
  'commands.sealed_params': {
    class: 'commands',
    table: 'commands',
    column: 'sealed_params',
    key: 'command_id',
    holds: 'command parameters that the audit log may not show, such as a lock PIN',
  },
  'commands.sealed_result': {
    class: 'commands',
    table: 'commands',
    column: 'sealed_result',
    key: 'command_id',
    holds: 'what a command brought to light about a person, such as a place',
  },
  'approval_requests.sealed_params': {
    class: 'commands',
    table: 'approval_requests',
    column: 'sealed_params',
    key: 'approval_id',
    holds: 'parameters of a command that waits for approval and that the audit log may not show',
  },
  'apple_push_certificates.private_key': {
    class: 'keys',
    table: 'apple_push_certificates',
    column: 'private_key',
    key: 'certificate_id',
    holds: 'the private key of an organization’s push certificate (PKCS#8)',
  },
  'apple_channels.push_magic': {
    class: 'escrow',
    table: 'apple_channels',
    column: 'push_magic',
    key: 'channel_id',
    holds: 'the word by which an Apple device knows that a push is ours',
  },
  'apple_channels.unlock_token': {
    class: 'escrow',
    table: 'apple_channels',
    column: 'unlock_token',
    key: 'channel_id',
    holds: 'what clears the passcode of an Apple device',
  },
  'apple_channels.bootstrap_token': {
    class: 'escrow',
    table: 'apple_channels',
    column: 'bootstrap_token',
    key: 'channel_id',
    holds: 'what lets a Mac authorize software and accounts without a person',
  },
  'device_escrow.sealed': {
    class: 'escrow',
    table: 'device_escrow',
    column: 'sealed',
    key: 'escrow_id',
    holds: 'PINs, recovery keys and passwords of devices, for when nobody else gets in',
  },
  'escrow_recipients.private_key': {
    class: 'escrow',
    table: 'escrow_recipients',
    column: 'private_key',
    key: 'recipient_id',
    holds: 'the key that opens what devices hand over for escrow (PKCS#8)',
  },
  'nas_clients.secret': {
    class: 'keys',
    table: 'nas_clients',
    column: 'secret',
    key: 'nas_id',
    holds: 'the shared secret of a network device (RADIUS)',
  },
  'ise_servers.password': {
    class: 'keys',
    table: 'ise_servers',
    column: 'password',
    key: 'ise_id',
    holds: 'the password with which a Cisco ISE is told of changes',
  },
  'signal_keys.private_key': {
    class: 'keys',
    table: 'signal_keys',
    column: 'private_key',
    key: 'key_id',
    holds: 'the private key that signs an organization’s security event tokens (PKCS#8)',
  },
  'signal_streams.authorization_header': {
    class: 'keys',
    table: 'signal_streams',
    column: 'authorization_header',
    key: 'stream_id',
    holds: 'the header by which a receiver of signals knows that a delivery is ours',
  },
  'mail_servers.secret': {
    class: 'keys',
    table: 'mail_servers',
    column: 'secret',
    key: 'server_id',
    holds: 'what proves the gateway to a mail server that takes its word for who a client is',
  },
  'webhooks.secret': {
    class: 'keys',
    table: 'webhooks',
    column: 'secret',
    key: 'webhook_id',
    holds: 'what signs the messages of a webhook',
  },
  'webhooks.previous_secret': {
    class: 'keys',
    table: 'webhooks',
    column: 'previous_secret',
    key: 'webhook_id',
    holds: 'what signed the messages of a webhook before, and signs them beside the new one for a day',
  },
} as const satisfies Record<string, SealedColumn>;

export type SealedColumnName = keyof typeof sealedColumns;
export type SealedClass = SealedColumn['class'];
