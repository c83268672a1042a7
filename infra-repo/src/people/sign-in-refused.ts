/** What the log says of a refusal. */
export const refusedMessage = 'sign-in refused';
/** What the log says when nobody was refused and nobody got in: the alarm counts it. */
export const failedMessage = 'claims not added';

/** Somebody whom the pool knows and the system does not. Cognito shows the message to whoever signs in: it says no more than that. */
export class SignInRefused extends Error {
  constructor() {
    super('This account has no access yet. Please ask your administrator');
    this.name = 'SignInRefused';
  }
}
