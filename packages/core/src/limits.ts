/** Limits of what is read from outside, one constant each; every parser that exists is tested at its limit and one above. */

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

export const limits = {
  http: {
    headBytes: 16 * kibibyte,
    urlBytes: 4 * kibibyte,
    headerBytes: 8 * kibibyte,
    headerCount: 100,
    queryPairs: 64,
    headTimeoutMs: 10_000,
  },
  /** The admin API. */
  json: { bytes: 256 * kibibyte, depth: 16, arrayItems: 1_000, stringBytes: 4 * kibibyte },
  bulk: { bytes: 4 * mebibyte, depth: 16, arrayItems: 50_000, stringBytes: 4 * kibibyte },
  agentReport: {
    bytes: 8 * mebibyte,
    unpackedBytes: 16 * mebibyte,
    depth: 12,
    packages: 20_000,
    interfaces: 64,
    stringBytes: 4 * kibibyte,
  },
  ciscoIseXml: { bytes: 64 * kibibyte, depth: 16, elements: 10_000, identifiers: 5_000 },
  der: {
    bytes: 256 * kibibyte,
    certificateBytes: 16 * kibibyte,
    depth: 24,
    certificates: 10,
    extensions: 100,
    objectIdentifierBytes: 128,
    integerBytes: 1_024,
  },
  jws: { bytes: 16 * kibibyte },
  csv: { bytes: 50 * mebibyte, lines: 100_000, columns: 64, cellBytes: 8 * kibibyte },
  auditExport: { lineBytes: 256 * kibibyte },
} as const;
