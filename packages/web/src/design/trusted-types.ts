/**
 * The content policy lets no script turn a string into a document. Mantine writes its variables into a style element, which
 * counts as one; text without any markup cannot be anything else than style there, so that alone passes.
 */
interface PolicyFactory {
  createPolicy(name: string, rules: { createHTML(text: string): string }): unknown;
}

export function allowOnlyStyles(): void {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  factory?.createPolicy('default', {
    createHTML(text) {
      if (text.includes('<')) throw new TypeError('no markup is made from text here');
      return text;
    },
  });
}
