import { type FormEvent, useState } from 'react';
import { AuthFailed, type AuthProblem } from '../auth/auth.ts';

/** What a form is doing, and what went wrong last. */
export interface Submitting {
  readonly busy: boolean;
  readonly problem: { readonly kind: AuthProblem; readonly words: string } | undefined;
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
}

const words: Readonly<Record<AuthProblem, string>> = {
  'wrong-password': 'The e-mail address or the password is wrong.',
  disabled: 'This account is disabled. Ask whoever gave it to you.',
  'not-set-up': 'This account is not set up completely. Ask whoever gave it to you.',
  'too-many-attempts': 'Too many attempts. Wait a few minutes, then try again.',
  'wrong-code': 'The code is wrong. Check the newest e-mail that you got.',
  'expired-code': 'The code has run out. Have a new one sent.',
  'weak-password': 'The password does not meet all rules below, or was used before.',
  'session-expired': 'That took too long. Start again from your e-mail address and password.',
  unreachable: 'The sign-in service could not be reached. Check your network, then try again.',
  unsupported: 'This account needs a step that this page does not know. Ask whoever gave it to you.',
  unknown: 'Signing in did not work. Try again in a moment.',
};

/** Carries out a form: once at a time, with the problem in words that say what to do about it. */
export function useSubmit(work: () => Promise<void>): Submitting {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Submitting['problem']>();
  const onSubmit = async () => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      const kind = error instanceof AuthFailed ? error.problem : 'unknown';
      setProblem({ kind, words: words[kind] });
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    problem,
    onSubmit(event) {
      event.preventDefault();
      void onSubmit();
    },
  };
}
