/** A function that is made by its first call: for what most processes never call, and what is long in the making. */
export function whenFirstUsed<Given extends readonly unknown[], Answer>(
  make: () => (...given: Given) => Answer,
): (...given: Given) => Answer {
  let made: ((...given: Given) => Answer) | undefined;
  return (...given) => {
    made ??= make();
    return made(...given);
  };
}
