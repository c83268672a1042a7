import { expect, it } from 'vitest';
import { Unreachable } from '../graphql/failures.ts';
import { problemOf } from './cognito-errors.ts';

const error = (name: string, message = ''): Error => Object.assign(new Error(message), { name });

it.each([
  [error('NotAuthorizedException', 'Incorrect username or password.'), 'wrong-password'],
  [error('NotAuthorizedException', 'User is disabled.'), 'disabled'],
  [error('NotAuthorizedException', 'Password attempts exceeded'), 'too-many-attempts'],
  [error('NotAuthorizedException', 'Invalid session for the user, session is expired.'), 'session-expired'],
  [error('UserLambdaValidationException', 'PreTokenGeneration failed with error no such user.'), 'not-set-up'],
  [error('LimitExceededException', 'Attempt limit exceeded, please try after some time.'), 'too-many-attempts'],
  [error('CodeMismatchException', 'Invalid verification code provided, please try again.'), 'wrong-code'],
  [error('ExpiredCodeException', 'Invalid code provided, please request a code again.'), 'expired-code'],
  [error('InvalidPasswordException', 'Password did not conform with policy'), 'weak-password'],
  [error('NetworkError', 'A network error has occurred.'), 'unreachable'],
  [new Unreachable('no'), 'unreachable'],
  [new TypeError('Failed to fetch'), 'unreachable'],
  [error('SomethingNew'), 'unknown'],
  ['not an error', 'unknown'],
])('%s is %s', (thrown, problem) => {
  expect(problemOf(thrown)).toBe(problem);
});
