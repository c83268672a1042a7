import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';

/** An e-mail that a service would have sent; it never leaves this machine. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** Text or HTML, as the service words it. */
  readonly body: string;
  readonly sentAt_ms: number;
}

/** So many mails of an account and region are kept; the oldest go. */
const KEPT = 1_000;

const TABLE = `
  CREATE TABLE IF NOT EXISTS mails (
    number INTEGER PRIMARY KEY AUTOINCREMENT, recipient TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, sent_at_ms INTEGER NOT NULL
  );
`;

/** Where the mails of every service go that has something to tell by e-mail. Kept in the state. */
export class Outbox {
  /** Told that a mail is there, by its recipient and subject alone: its body may hold a code. */
  onMail: (mail: Pick<Mail, 'to' | 'subject'>) => void = () => undefined;
  readonly #cloud: Cloud;
  readonly #in;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#in = perScope((scope) => {
      const database = cloud.state.database(scope, 'mail');
      database.exec(TABLE);
      return {
        put: database.prepare('INSERT INTO mails (recipient, subject, body, sent_at_ms) VALUES (?, ?, ?, ?)'),
        trim: database.prepare('DELETE FROM mails WHERE number <= (SELECT max(number) FROM mails) - ?'),
        list: database.prepare('SELECT recipient, subject, body, sent_at_ms FROM mails'),
      };
    });
  }

  send(scope: Scope, mail: Omit<Mail, 'sentAt_ms'>): void {
    const { put, trim } = this.#in(scope);
    put.run(mail.to, mail.subject, mail.body, this.#cloud.clock());
    trim.run(KEPT);
    this.onMail(mail);
  }

  /** Every account's mails, newest first; `to` narrows them to one address, whatever its case. */
  list(to?: string): Mail[] {
    return this.#cloud.state
      .scopesOf('mail')
      .flatMap((scope) => this.#in(scope).list.all())
      .map((row) => ({
        to: String(row['recipient']),
        subject: String(row['subject']),
        body: String(row['body']),
        sentAt_ms: Number(row['sent_at_ms']),
      }))
      .filter((mail) => to === undefined || mail.to.toLowerCase() === to.toLowerCase())
      .toReversed()
      .toSorted((one, other) => other.sentAt_ms - one.sentAt_ms);
  }
}

const known = new WeakMap<Cloud, Outbox>();

/** The outbox of a local cloud, for the services that write into it. */
export function outboxOf(cloud: Cloud): Outbox {
  let outbox = known.get(cloud);
  if (outbox === undefined) {
    outbox = new Outbox(cloud);
    known.set(cloud, outbox);
  }
  return outbox;
}
