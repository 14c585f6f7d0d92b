/**
 * The subject of a certificate as people write it: `CN=%username%,O=Acme`. Parted before variables are put in, so that a
 * user's name with a comma in it cannot add a part of its own (TPL-01).
 */

export interface SubjectPart {
  /** `CN`, `O` … or a dotted object identifier. */
  readonly attribute: string;
  /** May hold variables. */
  readonly value: string;
}

const attribute = /^(?:[A-Z]{1,20}|\d+(?:\.\d+)+)$/;

/** Commas in a value are written `\,`. @returns undefined for what is no subject. */
export function parseSubject(text: string): readonly SubjectPart[] | undefined {
  const parts = text.split(/(?<!\\),/).map((part) => part.trim());
  const subject = parts.map((part) => {
    const at = part.indexOf('=');
    return {
      attribute: part.slice(0, at).trim(),
      value: part
        .slice(at + 1)
        .replaceAll('\\,', ',')
        .trim(),
    };
  });
  const sound =
    subject.length <= 20 && subject.every((part) => attribute.test(part.attribute) && part.value !== '');
  return sound ? subject : undefined;
}
