import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { eventKinds } from '../../src/events/all-kinds.ts';
import { eventCommand } from '../../src/events/event-command.ts';
import { invokeCommand } from '../../src/events/sending/invoke-command.ts';
import { eventSourcesOf } from './event-sources.ts';
import { type Device, System } from './system.ts';

const bin = join(import.meta.dirname, '..', '..', 'bin');
let system: System;
let device: Device;

beforeAll(async () => {
  system = new System();
  device = await system.newDevice();
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** One of the two programs, as a process of its own. */
async function run(program: 'event' | 'invoke', args: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [join(bin, `${program}.ts`), ...args, '--directory', inject('systemDirectory')], { stdio: 'pipe' });
  // A program that reads no input may have ended before all of it is written.
  child.stdin.on('error', () => {}).end(input);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await exited, out, error };
}

/** What the program answers, without a process for it: there are many of them, and each would load all its clients. */
const event = (...args: readonly string[]): Promise<string> => eventCommand([...args, '--directory', inject('systemDirectory')]);

async function sent(made: string, ...args: readonly string[]): Promise<{ isDone: boolean; out: string }> {
  const lines: string[] = [];
  const surroundings = { input: () => Promise.resolve(made), print: (line: string) => lines.push(line) };
  const isDone = await invokeCommand([...args, '--directory', inject('systemDirectory')], surroundings);
  return { isDone, out: lines.join('\n') };
}

describe('the kinds of events', () => {
  it('are those of everything that calls a function in the deployed templates', async () => {
    expect(eventKinds.flatMap(({ sources }) => sources).sort()).toEqual(await eventSourcesOf(system));
  });
});

describe('an event that is generated and sent to its function', () => {
  it('is a pack that is stored, by the very commands of the manual, with what was done in its trace', async () => {
    const { out: made } = await run('event', ['particle-webhook', '--device', device.deviceId, '--count', '5']);
    // As npm without --silent hands it on.
    const { code, out } = await run(
      'invoke',
      ['ingest/receive-status'],
      `\n> event\n> node local-cloud/bin/event.ts particle-webhook\n\n${made}`,
    );
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('{\\"accepted\\":5}') });
    expect(await system.documents(device)).toHaveLength(5);
    expect(out).toMatch(/lambda Invoke ingest\/receive-status .* ms {2}█/);
    expect(out).toMatch(/ {2}function invocation ingest\/receive-status/);
    expect(out).toMatch(/ {4}logs PutLogEvents \/enstratus\/devices\//);
    // The state of the device became known, and that is an event.
    expect(out).toMatch(/Linked trace .*\nlambda batch ingest\/record-event/);
    expect(out).toMatch(/ingest\/receive-status {2}[\d.]+ ms \(\d+ ms billed\).* of 256 MB/);
    expect(`${made}${out}`).not.toContain(system.endpoints.webhook.secret);
  });

  it.concurrent.each([
    ['ingest/receive-status', ['particle-webhook', '--event', 'status/live'], /\{\\"accepted\\":1\}/],
    ['ingest/receive-status', ['particle-webhook', '--event', 'status/changed'], /\{\\"accepted\\":1\}/],
    ['ingest/receive-status', ['particle-webhook', '--event', 'status/report'], /\{\\"accepted\\":1\}/],
    ['ingest/receive-status', ['particle-webhook', '--plain', '--json'], /\{\\"accepted\\":1\}/],
    ['ingest/receive-status', ['particle-webhook', '--event', 'hook-test'], /\{\\"quarantined\\":\\"no_device\\"\}/],
    ['ingest/receive-status', ['particle-webhook', '--data', 'nonsense'], /"level":"WARN","message":"document quarantined"/],
    ['ingest/record-event', ['device-event', '--type', 'device.registered'], /"batchItemFailures": \[\]/],
    ['ingest/record-event', ['device-event', '--type', 'device.state_changed', '--copies', '2'], /"batchItemFailures": \[\]/],
    ['ingest/record-event', ['device-event', '--type', 'device.gap_found'], /dynamodb PutItem/],
    ['ingest/record-event', ['device-event', '--type', 'device.gap_closed'], /dynamodb PutItem/],
    ['ingest/ask-device', ['device-ask', '--type', 'device.watched'], /particle POST/],
    ['ingest/ask-device', ['device-ask', '--type', 'device.gap_found', '--again'], /dynamodb Query/],
    ['appsync-lambda/answer-query', ['graphql-field', '--field', 'Query.me', '--as', 'dealer'], /"user_id": "demo-dealer"/],
    ['appsync-lambda/answer-query', ['graphql-field', '--field', 'Query.devices', '--set', 'arguments.first=2'], /"hasNextPage": true/],
    ['appsync-lambda/answer-query', ['graphql-field', '--field', 'Query.device'], /"time_zone": "America\/Denver"/],
    ['appsync-lambda/answer-query', ['graphql-field', '--field', 'Query.deviceSeries'], /"step_s": 900/],
    ['appsync-lambda/answer-query', ['graphql-field', '--field', 'Subscription.onDeviceStatus'], /"path_prefix": "\/enfusion\/"/],
    [
      'appsync-lambda/watch-device',
      ['graphql-field', '--field', 'Mutation.watchDevice'],
      /Linked trace .*\nlambda batch ingest\/ask-device/,
    ],
    ['ingest/register-device', ['register-device'], /"log_group": /],
    ['infra/add-claims', ['pre-token-generation', '--as', 'partner'], /"path": "\/enfusion\/lone-star-drives"/],
    ['ingest/keep-secret', ['custom-resource'], /"Status": "SUCCESS"/],
    ['dashboard/deploy-site', ['custom-resource', '--for', 'dashboard/deploy-site'], /"Status": "SUCCESS"/],
    ['docs/deploy-docs', ['custom-resource', '--for', 'docs/deploy-docs'], /"Status": "SUCCESS"/],
  ])('is answered by %s: %j', async (name, args, answer) => {
    const ofDevice = eventKinds.find((kind) => kind.name === args[0])?.options['device'] === undefined ? [] : ['--device', device.deviceId];
    const { isDone, out } = await sent(await event(...args, ...ofDevice), name);
    expect({ isDone, out }).toMatchObject({ isDone: true, out: expect.stringMatching(answer) });
  });

  it('comes from a file, too', async () => {
    const file = join(inject('systemDirectory'), 'event.json');
    writeFileSync(file, await event('pre-token-generation'));
    expect(await sent('', 'infra/add-claims', '--event', file)).toMatchObject({
      isDone: true,
      out: expect.stringContaining('"demo-admin"'),
    });
  });
});

describe('an event that is sent through the system', () => {
  it.concurrent.each([
    ['the webhook', ['particle-webhook', '--event', 'status/report'], /lambda InvokeFunctionUrl ingest\/receive-status/],
    [
      'the topic',
      ['device-event', '--type', 'device.gap_found'],
      /lambda batch ingest\/record-event[\s\S]*lambda batch ingest\/ask-device|lambda batch ingest\/ask-device[\s\S]*lambda batch ingest\/record-event/,
    ],
    ['the queue', ['device-ask', '--type', 'device.gap_found', '--again'], /sqs SendMessage .*\n[\s\S]*lambda batch ingest\/ask-device/],
    [
      'GraphQL',
      ['graphql-field', '--field', 'Query.device', '--as', 'admin'],
      /"data": \{\n {6}"device": \{[\s\S]*function invocation appsync-lambda\/answer-query/,
    ],
    ['signing in', ['pre-token-generation', '--as', 'customer'], /"persona": "customer"/],
  ])('takes the whole way from %s', async (_, args, answer) => {
    const ofDevice = args[0] === 'pre-token-generation' ? [] : ['--device', device.deviceId];
    const { isDone, out } = await sent(await event(...args, ...ofDevice), '--through');
    expect({ isDone, out }).toMatchObject({ isDone: true, out: expect.stringMatching(answer) });
  });

  it('of which there is none is refused', async () => {
    await expect(sent(await event('custom-resource'), '--through')).rejects.toThrow('deployed');
  });
});

describe('what fails', () => {
  const batch = z.object({ Records: z.array(z.record(z.string(), z.unknown())) });

  it('is an error, a refusal, a batch, a message of one', async () => {
    const refused = await event('register-device', '--particle', '0123456789abcdef01234567');
    const unhandled = /✖ .*Unhandled[\s\S]*RegistrationRefused/;
    expect(await sent(refused, 'ingest/register-device')).toMatchObject({ isDone: false, out: expect.stringMatching(unhandled) });
    const wrong = (await event('particle-webhook', '--event', 'hook-test')).replace('{{WEBHOOK_SECRET}}', 'guessed');
    expect(await sent(wrong, 'ingest/receive-status')).toMatchObject({ isDone: false, out: expect.stringContaining('it answered 401') });
    const broken = await event('device-event', '--set', 'version=7');
    const whole = /✖ .*Unhandled[\s\S]*All records failed processing/;
    expect(await sent(broken, 'ingest/record-event')).toMatchObject({ isDone: false, out: expect.stringMatching(whole) });
    const {
      Records: [first, ...others],
    } = batch.parse(JSON.parse(await event('device-event', '--copies', '2')));
    const partly = JSON.stringify({ Records: [{ ...first, body: '{}' }, ...others] });
    expect(await sent(partly, 'ingest/record-event')).toMatchObject({ isDone: false, out: expect.stringContaining('a message failed') });
  });

  it('ends the program with 1', async () => {
    const broken = await event('device-event', '--set', 'version=7');
    expect(await run('invoke', ['ingest/record-event'], broken)).toMatchObject({ code: 1, error: '' });
    expect(await run('event', ['particle-webhook', '--device', 'nobody'])).toEqual({
      code: 1,
      out: '',
      error: expect.stringMatching(/^✖ There is no device "nobody".*\n$/),
    });
  });

  it('is told in a sentence when the mistake is one’s own', async () => {
    const queued = await event('device-event');
    await expect(sent(queued, 'ingest/receive-status')).rejects.toThrow('takes particle-webhook');
    await expect(sent(queued, 'ingest/recieve-status')).rejects.toThrow('Did you mean ingest/receive-status?');
    await expect(sent('{"a":', 'ingest/record-event')).rejects.toThrow('not JSON');
    await expect(sent('', 'ingest/record-event')).rejects.toThrow('No event came');
  });

  it('lists the functions', async () => {
    expect((await sent('', '--list')).out).toMatch(/ {2}ingest\/receive-status +Takes the status documents/);
  });
});
