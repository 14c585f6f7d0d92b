/** What this product calls itself, wherever it introduces itself: the CLI, the network access interface, certificates. */
export const product = { name: 'Gatehouse', vendor: 'Gatehouse', version: '0.1.0' } as const;

/**
 * How Node starts the server. V8 would let the space for short-lived objects grow to three times 16 MiB and keep it; with half of
 * that an idle server takes some 45 MiB less.
 */
export const serverNodeOptions = ['--max-semi-space-size=8'] as const;
