/** What this product calls itself, wherever it introduces itself: the CLI, the network access interface, certificates. */
export const product = { name: 'Gatehouse', vendor: 'Gatehouse', version: '0.1.0' } as const;

/**
 * How Node starts the server. The space for short-lived objects may grow to three times 32 MiB: while a whole fleet is evaluated
 * again, looking through a quarter of that took four times as often what is still in use and a quarter of the thread's time. In quiet
 * moments the server has it given back (kernel/idle-memory.ts), for which it needs to see the collector. The space for all others may
 * double before it is looked through, where V8 would let it grow fourfold.
 */
export const serverNodeOptions = [
  '--max-semi-space-size=32',
  '--heap-growing-percent=100',
  '--expose-gc',
] as const;
