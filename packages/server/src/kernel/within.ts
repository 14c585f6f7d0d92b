/**
 * Waits for so long and no longer. What goes on behind an answer that was given up is nobody's any more, also if it fails.
 * @param otherwise what is answered then; or it throws.
 */
export function within<T>(milliseconds: number, work: Promise<T>, otherwise: () => T): Promise<T> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, milliseconds);
  return Promise.race([work, late.promise.then(otherwise)]).finally(() => clearTimeout(timer));
}
