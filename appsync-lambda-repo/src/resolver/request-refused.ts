/** What somebody asked for can't be answered, and they can do something about it: the message says what, and goes out as it is. */
export class RequestRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RequestRefused';
  }
}
