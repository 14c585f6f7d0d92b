/**
 * The sentences that the server's code says to people in passing: refusals, and reasons and notes beside them. They stand in English
 * where they arise; every other language has them in a table of `packages/core/src/sentences`, and the test beside this file
 * compares the two.
 */
import { readFileSync } from 'node:fs';
import { type Literal, scanSource } from '../architecture/scan-source.ts';

/** Where what is said reaches people through the console, the portal or a letter. */
const spokenIn = [
  /^packages\/core\/src\/(?:approvals|commands|playbooks|schedules)\//,
  /^packages\/core\/src\/compliance\/(?:parse-rule|rule-warnings)\.ts$/,
  /^packages\/core\/src\/expressions\/(?:calls|compile|expression-error|operators|syntax|tokens|types)\.ts$/,
  /^packages\/core\/src\/(?:facts\/fact-rights|permissions\/require)\.ts$/,
  /^packages\/core\/src\/(?:resources|settings)\/parse\.ts$/,
  /^packages\/server\/src\/(?:app|subscriptions)\.ts$/,
  /^packages\/server\/src\/kernel\/(?:csv|http|outbound)\//,
  /^packages\/server\/src\/kernel\/db\/errors\.ts$/,
  /^packages\/server\/src\/modules\//,
  /^packages\/server\/src\/platforms\/agent\/agent-commands\.ts$/,
  /^packages\/server\/src\/platforms\/apple\/(?:catalogue|commands|enrollment)\//,
  /^packages\/server\/src\/platforms\/apple\/show-device\.ts$/,
  /^packages\/server\/src\/integrations\/(?:mail-probe|push|webhooks)\//,
  /^packages\/server\/src\/integrations\/mail-gateway\/(?:try-server\.ts|upstream\/)/,
  /^packages\/server\/src\/integrations\/network-access\/(?:gate-address\.ts|ise-push\/|radius\/(?:nas-clients|settings|try-nas|telling-outcome)\.ts)/,
  /^packages\/server\/src\/surfaces\/(?:admin|portal)\//,
];

/** Where the same kind of sentence is for programs, devices or the log alone, or is worded elsewhere. */
const silentIn = [
  /\.test\.ts$|\/test-[^/]*$/,
  // Descriptions of the API and of metrics; what has its languages beside it.
  /routes\.ts$|\/metrics\.ts$|push\/apple\/index\.ts$|-texts\.ts$|\/texts\.ts$/,
  /\/portal\/(?:standing|tell-of-deed)\.ts$|\/enrollment\/enter[^/]*\.ts$/,
  // Written into what devices or organizations keep, in the language of those.
  /\/enrollment-profile\.ts$|\/ensure-defaults\.ts$/,
];

export interface Told {
  readonly path: string;
  readonly line: number;
  /** Slots as `{1}`, `{2}`, in their order. */
  readonly sentence: string;
}

export function isSpokenIn(path: string): boolean {
  return spokenIn.some((each) => each.test(path)) && !silentIn.some((each) => each.test(path));
}

export function toldIn(path: string, source = readFileSync(path, 'utf8')): Told[] {
  const { code, literals } = scanSource(source);
  const refusals = refusalsIn(code);
  return literals
    .filter((literal) =>
      inExpressions.test(path)
        ? isProblem(literal)
        : refusals.some(([from, to]) => literal.offset > from && literal.offset < to)
          ? isPhrase(literal)
          : isSentence(literal),
    )
    .map((literal) => ({ path, line: literal.line, sentence: numbered(literal.text) }));
}

/** There every phrase says what is wrong at a place. */
const inExpressions = /\/expressions\/(?!expression-error)/;
const isProblem = (literal: Literal): boolean => isPhrase(literal) && /^["a-z]/.test(literal.text);

const refusal = /new (?:DomainError|OutboundError|UpstreamError)\(|\b(?:refuse|noPicture|unusable)\(/g;

/** From the bracket of each refusal to the end of its second argument. */
function refusalsIn(code: string): [from: number, to: number][] {
  return [...code.matchAll(refusal)].map(({ index, 0: { length } }) => {
    let depth = 0;
    let commas = 0;
    let at = index + length;
    for (; at < code.length; at += 1) {
      const char = code[at] ?? '';
      if ('([{'.includes(char)) depth += 1;
      else if (')]}'.includes(char)) depth -= 1;
      else if (char === ',' && depth === 0) commas += 1;
      if (depth < 0 || commas === 2) break;
    }
    return [index, at];
  });
}

const isPhrase = ({ text }: Literal): boolean =>
  / /.test(text) && !text.startsWith(' ') && /[A-Za-z]/.test(text.replaceAll('${}', ''));
const isSentence = ({ text }: Literal): boolean =>
  /^[“"A-Z$].* .*[.?]$/s.test(text) && !/^[A-Z]{2,} /.test(text);

export function numbered(text: string): string {
  let count = 0;
  return text.replaceAll(/\\(['"`\\])/g, '$1').replaceAll('${}', () => `{${(count += 1)}}`);
}
