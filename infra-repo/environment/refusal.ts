/** What whoever called can mend: told as one sentence, without a stack trace. */
export class Refusal extends Error {}
