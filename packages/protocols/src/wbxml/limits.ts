/** How much of a WBXML document is read before it is refused. */

export interface WbxmlLimits {
  readonly maxBytes: number;
  /** Nesting of elements; a document of one element has depth 1. */
  readonly maxDepth: number;
  /** Tags, ENDs, strings, opaque pieces and page switches together. */
  readonly maxTokens: number;
  /** Of one opaque piece. */
  readonly maxOpaque: number;
  readonly maxStringTable: number;
}

/** For a document that is looked into and held as a tree. */
export const inspectedLimits: WbxmlLimits = {
  maxBytes: 1024 * 1024,
  maxDepth: 32,
  maxTokens: 50_000,
  maxOpaque: 1024 * 1024,
  maxStringTable: 4096,
};

/** For a document that passes through as a stream: mail with attachments. */
export const relayedLimits: WbxmlLimits = {
  ...inspectedLimits,
  maxBytes: 64 * 1024 * 1024,
  maxTokens: 10_000_000,
  maxOpaque: 64 * 1024 * 1024,
};
