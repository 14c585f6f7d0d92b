/** What this product calls itself, wherever it introduces itself: the CLI, the network access interface, certificates. */
export const product = { name: 'Gatehouse', vendor: 'Gatehouse', version: '0.1.0' } as const;
