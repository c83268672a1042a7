import type { AccessTokens } from '../graphql/client.ts';

/** What comes after a step of signing in. */
export type SignInOutcome = 'signed-in' | 'new-password-required' | 'reset-required';

/** Why signing in, or a change of a password, did not work; each has a sentence of its own on screen. */
export type AuthProblem =
  | 'wrong-password'
  | 'disabled'
  | 'not-set-up'
  | 'too-many-attempts'
  | 'wrong-code'
  | 'expired-code'
  | 'weak-password'
  | 'session-expired'
  | 'unreachable'
  | 'unsupported'
  | 'unknown';

export class AuthFailed extends Error {
  override name = 'AuthFailed';
  readonly problem: AuthProblem;
  /** @param detail What the service said, for problems that have no sentence of their own. */
  constructor(problem: AuthProblem, detail: string) {
    super(detail);
    this.problem = problem;
  }
}

/** Everything that the dashboard needs of a sign-in service. Each method throws AuthFailed, unless it says otherwise. */
export interface Auth extends AccessTokens {
  /** Whether somebody is signed in here; reads what was kept and asks nobody. */
  hasSession(): Promise<boolean>;
  signIn(email: string, password: string): Promise<SignInOutcome>;
  /** Answers 'new-password-required', with which a person's first sign-in goes on. */
  completeNewPassword(password: string): Promise<SignInOutcome>;
  /** Has a code sent by e-mail; says nothing about whether there is such a person. */
  requestPasswordReset(email: string): Promise<void>;
  confirmPasswordReset(email: string, code: string, password: string): Promise<void>;
  /** Ends the session of this browser. Never fails: what is kept here is deleted whether or not the service can be told. */
  signOut(): Promise<void>;
  /** Ends every session of the person, on all devices; fails, and leaves this one, when the service can't be told. */
  signOutEverywhere(): Promise<void>;
  /** Calls back when another tab has signed out or somebody else in. @returns Ends that. */
  onChangedElsewhere(changed: () => void): () => void;
}
