/** What the log says of a refusal: the alarm tells refusals from failures by it. */
export const refusedMessage = 'sign-in refused';

/** Somebody whom the pool knows and the system does not. Cognito shows the message to whoever signs in: it says no more than that. */
export class SignInRefused extends Error {
  constructor() {
    super('This account has no access yet. Please ask your administrator');
    this.name = 'SignInRefused';
  }
}
