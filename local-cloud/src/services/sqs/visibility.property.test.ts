import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { State } from '../../kernel/state.ts';
import { MessageStore } from './message-store.ts';
import { changeAttributes, DEFAULT_ATTRIBUTES } from './queue-attributes.ts';
import { type Queue, QueueStore } from './queue-store.ts';

const directory = mkdtempSync(join(tmpdir(), 'sqs-property-'));
const state = new State(directory);
afterAll(() => {
  state.close();
  rmSync(directory, { recursive: true, force: true });
});

type Step =
  | { readonly kind: 'send'; readonly delay_s: number }
  | { readonly kind: 'receive'; readonly max: number; readonly visibility_s: number }
  | { readonly kind: 'delete' | 'release'; readonly which: number }
  | { readonly kind: 'wait'; readonly wait_s: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), delay_s: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('receive' as const), max: fc.integer({ min: 1, max: 10 }), visibility_s: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constantFrom('delete' as const, 'release' as const), which: fc.nat(30) }),
  fc.record({ kind: fc.constant('wait' as const), wait_s: fc.constantFrom(1, 2, 5, 15, 30) }),
);

/** What the model knows of one message: when it is visible next, how often it was received here, where it is. */
interface Expected {
  visibleAt_s: number;
  receives: number;
  buried: boolean;
  sentAt_s: number;
}

let run = 0;

it('gives a message to one at a time, counts, buries after the limit, forgets after the retention', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 80 }), fc.integer({ min: 1, max: 3 }), (steps, maxReceiveCount) => {
      let now_s = 1_000_000;
      const clock = () => now_s * 1000;
      run += 1;
      const scope = { account: '111122223333', region: `us-test-${run}` };
      const database = state.database(scope, 'sqs');
      const queues = new QueueStore(database, scope, clock);
      const messages = new MessageStore(database, clock);
      const attributes = (changes: Record<string, string>) => changeAttributes(DEFAULT_ATTRIBUTES, changes);
      const dead = queues.create('dead', attributes({}), {});
      const redrive = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount });
      const retention_s = 60;
      const work: Queue = queues.create('work', attributes({ RedrivePolicy: redrive, MessageRetentionPeriod: String(retention_s) }), {});

      const model = new Map<string, Expected>();
      const handles: { id: string; handle: string }[] = [];
      const latest = new Map<string, string>();
      for (const one of steps) {
        if (one.kind === 'wait') now_s += one.wait_s;
        if (one.kind === 'send') {
          const [sent] = messages.send(work, [{ body: 'x', attributes: {}, senderId: 'me', delay_s: one.delay_s }]);
          model.set(sent?.messageId ?? '', { visibleAt_s: now_s + one.delay_s, receives: 0, buried: false, sentAt_s: now_s });
        }
        for (const [id, message] of model) if (!message.buried && now_s >= message.sentAt_s + retention_s) model.delete(id);
        if (one.kind === 'receive') {
          const visible = [...model].filter(([, message]) => !message.buried && message.visibleAt_s <= now_s);
          const { messages: received } = messages.receive(work, one.max, one.visibility_s, dead);
          const deliverable = visible.filter(([, message]) => message.receives < maxReceiveCount);
          expect(received).toHaveLength(Math.min(one.max, deliverable.length));
          for (const message of received) {
            const expected = model.get(message.messageId);
            expect(expected).toMatchObject({ buried: false });
            if (expected === undefined) continue;
            expect(expected.visibleAt_s).toBeLessThanOrEqual(now_s);
            expected.receives += 1;
            expected.visibleAt_s = now_s + one.visibility_s;
            expect(message.receiveCount).toBe(expected.receives);
            expect(message.receiveCount).toBeLessThanOrEqual(maxReceiveCount);
            handles.push({ id: message.messageId, handle: message.receiptHandle });
            latest.set(message.messageId, message.receiptHandle);
          }
          // What was passed over on the way to the last one taken is buried; how far the store looked is its own affair.
          const dug = new Set(messagesIn(database, dead));
          for (const [id, message] of visible) {
            if (!dug.has(id)) continue;
            expect(message.receives).toBe(maxReceiveCount);
            message.buried = true;
          }
        }
        const chosen = one.kind === 'delete' || one.kind === 'release' ? handles[one.which % Math.max(1, handles.length)] : undefined;
        if (chosen === undefined) continue;
        const current = latest.get(chosen.id) === chosen.handle ? model.get(chosen.id) : undefined;
        if (one.kind === 'delete') {
          messages.delete(work, chosen.handle);
          if (current !== undefined && !current.buried) model.delete(chosen.id);
        } else {
          const inFlight = current !== undefined && !current.buried && current.visibleAt_s > now_s;
          if (inFlight) {
            messages.changeVisibility(work, chosen.handle, 0);
            current.visibleAt_s = now_s;
          } else {
            expect(() => messages.changeVisibility(work, chosen.handle, 0)).toThrow();
          }
        }
      }
      const here = [...model.values()].filter((message) => !message.buried);
      const { visible, delayed, inFlight } = messages.counts(work);
      expect([visible, delayed + inFlight]).toEqual([
        here.filter((message) => message.visibleAt_s <= now_s).length,
        here.filter((message) => message.visibleAt_s > now_s).length,
      ]);
    }),
    { numRuns: 60 },
  );
}, 60_000);

function messagesIn(database: ReturnType<State['database']>, queue: Queue): string[] {
  return database
    .prepare('SELECT message_id FROM messages WHERE queue = ?')
    .all(queue.id)
    .map((row) => String(row['message_id']));
}
