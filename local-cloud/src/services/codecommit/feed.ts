import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Hands a stream on at the pace of whoever takes it; what comes after the taker has closed is read and dropped. */
export async function feed(source: AsyncIterable<Uint8Array>, taker: Writable): Promise<void> {
  let isOpen = !taker.destroyed;
  const closed = new Promise<void>((resolve) => {
    const close = () => {
      isOpen = false;
      resolve();
    };
    taker.once('close', close).on('error', close);
  });
  for await (const chunk of source) {
    if (isOpen && !taker.write(chunk)) await Promise.race([closed, once(taker, 'drain').catch(() => undefined)]);
  }
}
