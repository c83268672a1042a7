/** The session ended: the person has to sign in again. */
export class SessionEnded extends Error {
  override name = 'SessionEnded';
}

/** Nothing came back: no network, or the service can't be reached. */
export class Unreachable extends Error {
  override name = 'Unreachable';
}

/** The service answered, and could not do it. `retryable` is false when asking again would change nothing. */
export class ServiceFailed extends Error {
  override name = 'ServiceFailed';
  readonly retryable: boolean;
  constructor(message: string, retryable: boolean) {
    super(message);
    this.retryable = retryable;
  }
}
