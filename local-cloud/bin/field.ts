import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runField } from '../src/fleet/field-process.ts';

// The process with the Particle stand-in and the simulated devices. `npm start` forks it; AWS sees it over HTTP only.
const { values } = parseArgs({
  options: {
    directory: { type: 'string' },
    port: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    sampled: { type: 'string' },
  },
});
const numbers = z
  .object({ port: z.coerce.number().int().min(0).max(65_535), seed: z.coerce.number().int().min(0).max(4_294_967_295) })
  .parse(values);

if (process.send === undefined) {
  console.error('The field is started by `npm start`, which talks to it over an IPC channel.');
  process.exit(1);
}
await runField(
  { ...numbers, directory: values.directory, ...(values.sampled === undefined ? {} : { sampled: values.sampled }) },
  {
    send: (answer) => {
      // A parent that is gone hears nothing any more; `disconnect` ends the field.
      if (process.connected) process.send?.(answer);
    },
    onMessage: (listener) => process.on('message', listener),
    onGone: (listener) => process.once('disconnect', listener),
  },
);
process.exit(0);
