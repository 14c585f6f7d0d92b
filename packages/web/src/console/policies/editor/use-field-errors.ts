/** Errors appear when somebody leaves a field or saves, and go as soon as the field is changed. */
import { useCallback, useMemo, useState } from 'react';
import type { Complaint } from '../model/validate.ts';

export interface FieldErrors {
  /** The first of each field that is to be shown. */
  readonly shown: ReadonlyMap<string, Complaint>;
  /** All of them, after a try to save; empty before and as soon as they are mended. */
  readonly summary: readonly Complaint[];
  readonly onBlur: (name: string) => void;
  readonly onChange: (name: string) => void;
  /** @returns whether there is nothing to mend */
  readonly check: () => boolean;
}

export function useFieldErrors(complaints: readonly Complaint[]): FieldErrors {
  const [looked, setLooked] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  const onBlur = useCallback((name: string) => {
    setLooked((before) => (before.has(name) ? before : new Set([...before, name])));
  }, []);
  const onChange = useCallback((name: string) => {
    setLooked((before) => (before.has(name) ? new Set([...before].filter((each) => each !== name)) : before));
  }, []);
  const shown = useMemo(() => {
    const first = new Map<string, Complaint>();
    for (const complaint of complaints) {
      const name = String(complaint.path[0] ?? '');
      if (looked.has(name) && !first.has(name)) first.set(name, complaint);
    }
    return first;
  }, [complaints, looked]);
  const check = useCallback(() => {
    setTried(complaints.length > 0);
    setLooked(new Set(complaints.map(({ path }) => String(path[0] ?? ''))));
    return complaints.length === 0;
  }, [complaints]);
  return { shown, summary: tried ? complaints : [], onBlur, onChange, check };
}
