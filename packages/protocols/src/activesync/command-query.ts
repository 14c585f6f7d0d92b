/** What a query says, whichever form it came in. */
import type { CommandName } from './commands.ts';
import type { ProtocolVersion } from './versions.ts';

/** Parameters of single commands, decoded. */
export interface CommandParameters {
  readonly attachmentName?: string;
  readonly collectionId?: string;
  readonly itemId?: string;
  readonly longId?: string;
  readonly occurrence?: string;
  readonly saveInSent?: boolean;
}

export interface CommandQuery {
  readonly form: 'plain' | 'base64';
  readonly command: CommandName;
  /** The base64 form only. */
  readonly version?: ProtocolVersion;
  /** A Windows language number (LCID); the base64 form only. */
  readonly locale?: number;
  readonly user?: string;
  /** Text or a raw GUID: never taken for text. 2 to 200 bytes. */
  readonly deviceId: Uint8Array;
  readonly deviceType: string;
  /** The base64 form only. */
  readonly policyKey?: number;
  readonly acceptMultiPart?: boolean;
  readonly parameters: CommandParameters;
}
