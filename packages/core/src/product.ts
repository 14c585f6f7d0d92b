/** What this product calls itself, wherever it introduces itself: the CLI, the network access interface, certificates. */
export const product = { name: 'Gatehouse', vendor: 'Gatehouse', version: '0.1.0' } as const;

/**
 * How Node starts the server. V8 would let the space for short-lived objects grow to three times 16 MiB and keep it; with half of
 * that an idle server takes some 45 MiB less. The space for all others may double before it is looked through, where V8 would let it
 * grow fourfold: while a whole fleet is evaluated again, the server holds 350 MiB instead of 520.
 */
export const serverNodeOptions = ['--max-semi-space-size=8', '--heap-growing-percent=100'] as const;
