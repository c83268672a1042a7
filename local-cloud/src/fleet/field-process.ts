import { z } from 'zod';
import { SpanBatches } from '../tracing/span-batches.ts';
import { type FieldOptions, startField } from './field.ts';
import { type CollectedPublish, type FieldAnswer, type FieldOrder, fieldOrder, type HistoryOrder } from './field-messages.ts';

/** How the field talks to the process that forked it. */
export interface ParentChannel {
  send(answer: FieldAnswer): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The parent is gone, however it went. */
  onGone(listener: () => void): void;
}

/** Runs a field for a parent until it says `stop` or is gone. Resolves when the field has stopped. */
export async function runField(options: FieldOptions, parent: ParentChannel): Promise<void> {
  const waiting = new Map<string, () => void>();
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  // Heard from the first moment on: a parent may go while the field is starting.
  parent.onGone(() => end());
  const spans = new SpanBatches((batch) => parent.send({ kind: 'spans', spans: [...batch] }));
  const field = await startField({ ...options, particle: { ...options.particle, onSpan: (span) => spans.add(span) } });

  const history = async (order: HistoryOrder) => {
    let batch = 0;
    const take = (publishes: CollectedPublish[]) => {
      const number = batch;
      batch += 1;
      const taken = new Promise<void>((resolve) => waiting.set(`${order.request}/${number}`, resolve));
      parent.send({ kind: 'publishes', request: order.request, batch: number, publishes });
      return taken;
    };
    parent.send({ kind: 'done', request: order.request, publishes: await field.history(order, take) });
  };

  const obey = async (order: FieldOrder) => {
    switch (order.kind) {
      case 'manufacture':
        parent.send({ kind: 'manufactured', request: order.request, count: field.manufacture(order.ids) });
        return;
      case 'history':
        return history(order);
      case 'taken': {
        const key = `${order.request}/${order.batch}`;
        waiting.get(key)?.();
        waiting.delete(key);
        return;
      }
      case 'live':
        field.live(order.devices);
        parent.send({ kind: 'done', request: order.request, publishes: 0 });
        return;
      case 'stop':
        end();
    }
  };

  parent.onMessage((message) => {
    const order = fieldOrder.safeParse(message);
    if (!order.success) {
      parent.send({ kind: 'failed', request: null, message: z.prettifyError(order.error) });
      return;
    }
    obey(order.data).catch((error: unknown) => {
      const request = 'request' in order.data ? order.data.request : null;
      parent.send({ kind: 'failed', request, message: error instanceof Error ? error.message : String(error) });
    });
  });
  parent.send({ kind: 'ready', particle: field.particle, control_url: field.control.url });
  await ended;
  await field.stop();
  spans.flush();
}
