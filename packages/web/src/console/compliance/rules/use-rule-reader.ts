/** The reader of rules, once it is loaded. Until then nothing is said of a draft; the server says it when it is saved. */
import { useEffect, useState } from 'react';

type RuleReader = typeof import('./rule-reader.ts');

export function useRuleReader(): RuleReader | undefined {
  const [reader, setReader] = useState<RuleReader>();
  useEffect(() => {
    let there = true;
    void import('./rule-reader.ts').then((loaded) => {
      if (there) setReader(loaded);
    });
    return () => {
      there = false;
    };
  }, []);
  return reader;
}
