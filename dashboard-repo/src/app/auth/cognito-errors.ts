import { SessionEnded, Unreachable } from '../graphql/failures.ts';
import type { AuthProblem } from './auth.ts';

/** Whether a request never got to the service: Amplify's NetworkError, or fetch's TypeError. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Unreachable || error instanceof TypeError || (error instanceof Error && error.name === 'NetworkError');
}

/**
 * What an error of a Cognito user pool means to the person in front of it (Cognito API reference, "Common errors" and the errors of
 * InitiateAuth, RespondToAuthChallenge, ForgotPassword and ConfirmForgotPassword).
 */
export function problemOf(error: unknown): AuthProblem {
  if (isUnreachable(error)) return 'unreachable';
  if (error instanceof SessionEnded) return 'session-expired';
  if (!(error instanceof Error)) return 'unknown';
  const { name, message } = error;
  switch (name) {
    case 'NotAuthorizedException':
      if (/disabled/i.test(message)) return 'disabled';
      if (/attempts exceeded/i.test(message)) return 'too-many-attempts';
      if (/session/i.test(message)) return 'session-expired';
      return 'wrong-password';
    case 'UserNotFoundException':
    case 'EmptySignInUsername':
    case 'EmptySignInPassword':
      return 'wrong-password';
    case 'UserLambdaValidationException':
    case 'UserNotConfirmedException':
      return 'not-set-up';
    case 'TooManyRequestsException':
    case 'LimitExceededException':
    case 'TooManyFailedAttemptsException':
      return 'too-many-attempts';
    case 'CodeMismatchException':
    case 'EmptyConfirmResetPasswordConfirmationCode':
      return 'wrong-code';
    case 'ExpiredCodeException':
      return 'expired-code';
    case 'InvalidPasswordException':
    case 'PasswordHistoryPolicyViolationException':
      return 'weak-password';
    case 'InvalidParameterException':
      // What Cognito says of a password that has not the form of one at all, or of somebody without a verified address.
      return /password/i.test(message) ? 'weak-password' : /verified|registered/i.test(message) ? 'not-set-up' : 'unknown';
    case 'SignInException':
      // Amplify lost what it knew of the steps before: the page was loaded anew, or three minutes went by.
      return 'session-expired';
    default:
      return 'unknown';
  }
}
