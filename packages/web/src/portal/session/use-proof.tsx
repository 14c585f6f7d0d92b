// The password again, inside the form of what asks for it: a field where it is needed, and one call before the deed.
import { PasswordInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { isApiProblem } from '../../api/problem.ts';
import { isProved, prove } from './portal-session.ts';
import { signInTexts } from './texts.ts';

export interface Proof {
  /** The field; null while the password counts as shown, or nothing needs it. */
  readonly field: ReactNode;
  /** Before the deed. @returns false: the field says what is wrong. @throws ApiProblem */
  show(): Promise<boolean>;
}

export function useProof(needed: boolean): Proof {
  const t = signInTexts.use();
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState('');
  const asks = needed && !isProved();
  return {
    field: asks ? (
      <PasswordInput
        label={t('again')}
        description={t('againHint')}
        value={password}
        onChange={(event) => {
          setPassword(event.currentTarget.value);
          setProblem('');
        }}
        error={problem === '' ? undefined : problem}
        autoComplete="current-password"
        required
      />
    ) : null,
    async show() {
      if (!needed || isProved()) return true;
      if (password === '') {
        setProblem(t('required'));
        return false;
      }
      try {
        await prove(password);
        setPassword('');
        return true;
      } catch (error) {
        if (!isApiProblem(error, 'wrong-password')) throw error;
        setProblem(t('wrongPassword'));
        return false;
      }
    },
  };
}
