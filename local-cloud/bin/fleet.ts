import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { controlVerbs } from '../src/fleet/control-commands.ts';
import { readFieldFile } from '../src/fleet/field-file.ts';
import { runTool, ToolError } from '../src/tools/running-system.ts';

const failure = z.object({ error: z.string() });

await runTool(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      device: { type: 'string' },
      minutes: { type: 'string' },
      code: { type: 'string' },
      radius: { type: 'string' },
      directory: { type: 'string' },
    },
  });
  const [verb] = positionals;
  if (verb === undefined || !controlVerbs.some((known) => known === verb)) {
    throw new ToolError(`npm run fleet -- ${controlVerbs.join(' | ')} [--device pump-0003] [--minutes 5] [--code 11] [--radius 60]`);
  }
  const directory = values.directory ?? resolve(import.meta.dirname, '..', '..', '.local');
  const field = readFieldFile(resolve(directory, 'field'));
  if (field === undefined) throw new ToolError('No fleet runs here yet: start it with `npm start` in another terminal.');
  const command = {
    verb,
    ...(values.device === undefined ? {} : { device: values.device }),
    ...(values.minutes === undefined ? {} : { minutes: Number(values.minutes) }),
    ...(values.code === undefined ? {} : { code: Number(values.code) }),
    ...(values.radius === undefined ? {} : { radius_km: Number(values.radius) }),
  };
  const response = await fetch(field.control_url, {
    method: 'POST',
    headers: { authorization: `Bearer ${field.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(command),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw new ToolError(failure.parse(body).error);
  if (Array.isArray(body)) console.table(body);
  else console.log(JSON.stringify(body, null, 2));
});
