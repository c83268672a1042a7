import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { controlVerbs } from '../src/fleet/control-commands.ts';
import { readFieldFile } from '../src/fleet/field-file.ts';
import { findDevice, runningSystem, runTool, ToolError } from '../src/tools/running-system.ts';

const failure = z.object({ error: z.string() });
/** What concerns no device in particular. */
const ofNone = ['list', 'new'];

/** A number that an option gives; undefined without the option. Throws ToolError for another text. */
function numberOf(name: string, text: string | undefined): number | undefined {
  if (text !== undefined && (text.trim() === '' || !Number.isFinite(Number(text))))
    throw new ToolError(`--${name} must be a number, not "${text}".`);
  return text === undefined ? undefined : Number(text);
}

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
  if (values.device === undefined && !ofNone.includes(verb))
    throw new ToolError(`Which device? npm run fleet -- ${verb} --device pump-0003`);
  const [minutes, code, radius_km] = [
    numberOf('minutes', values.minutes),
    numberOf('code', values.code),
    numberOf('radius', values.radius),
  ];
  const send = (device: string | undefined) =>
    fetch(field.control_url, {
      method: 'POST',
      headers: { authorization: `Bearer ${field.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ verb, device, minutes, code, radius_km }),
    });
  let response = await send(values.device);
  if (response.status === 404 && values.device !== undefined) {
    // The field knows a controller by the name under which it was mounted, the cloud by the one under which it was registered.
    const { particleId } = await findDevice(runningSystem(directory), values.device);
    response = await send(particleId);
    if (response.status === 404) throw new ToolError(`${values.device} is registered, but nobody has mounted it here: it has no power.`);
  }
  const body: unknown = await response.json();
  if (!response.ok) throw new ToolError(failure.parse(body).error);
  if (Array.isArray(body) && body.length === 0) console.log('No device lives here.');
  else if (Array.isArray(body)) console.table(body);
  else console.log(JSON.stringify(body, null, 2));
});
