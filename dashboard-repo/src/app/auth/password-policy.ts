/** A rule that a new password has to meet, in the words that stand beside its tick. */
export interface PasswordRule {
  readonly words: string;
  readonly holds: (password: string) => boolean;
}

/**
 * The user pool's password policy, for checking while somebody types; the user pool decides. What counts as a symbol stands in the
 * Cognito Developer Guide, "Adding user pool password requirements": these, and a space that is neither first nor last.
 */
export const passwordRules: readonly PasswordRule[] = [
  { words: 'At least 12 characters', holds: (password) => password.length >= 12 },
  { words: 'A lower-case letter', holds: (password) => /[a-z]/.test(password) },
  { words: 'A capital letter', holds: (password) => /[A-Z]/.test(password) },
  { words: 'A digit', holds: (password) => /[0-9]/.test(password) },
  {
    words: 'A symbol, such as ! ? - or #',
    holds: (password) => /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]/.test(password) || /\S \S/.test(password),
  },
];

/** Whether a password meets every rule. */
export const meetsPolicy = (password: string): boolean => passwordRules.every(({ holds }) => holds(password));
