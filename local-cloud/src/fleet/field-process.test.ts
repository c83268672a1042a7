import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FieldAnswer, fieldAnswer } from './field-messages.ts';
import { someDevices } from './testing/some-devices.ts';

const program = join(import.meta.dirname, '..', '..', 'bin', 'field.ts');

describe('the field as a process', () => {
  let folder: string;
  let child: ChildProcess;
  let answers: FieldAnswer[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'field-process-'));
    answers = [];
    child = fork(program, ['--directory', folder, '--seed', '3'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('message', (message) => answers.push(fieldAnswer.parse(message)));
    await answerOf('ready');
  });
  afterEach(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function answerOf<K extends FieldAnswer['kind']>(kind: K, count = 1) {
    const found = () => answers.filter((answer): answer is Extract<FieldAnswer, { kind: K }> => answer.kind === kind);
    await vi.waitFor(() => expect(found().length).toBeGreaterThanOrEqual(count), { timeout: 15_000 });
    return found().at(-1) as Extract<FieldAnswer, { kind: K }>;
  }

  it('does what it is told, and waits for each batch to be taken', async () => {
    const devices = someDevices(2);
    child.send({ kind: 'manufacture', request: 1, ids: devices.map(({ particle_id }) => particle_id) });
    expect(await answerOf('manufactured')).toMatchObject({ request: 1, count: 2 });

    const to_s = Math.floor(Date.now() / 60_000) * 60;
    child.send({ kind: 'history', request: 2, devices, from_s: to_s - 4 * 86_400, to_s, every_s: 60, names: ['status'] });
    const first = await answerOf('publishes');
    child.send({ kind: 'manufacture', request: 3, ids: [] });
    await answerOf('manufactured', 2);
    expect(answers.filter(({ kind }) => kind === 'publishes')).toHaveLength(1);
    expect(first.publishes.every(({ name, device_id }) => name === 'status' && device_id === devices[0]?.device_id)).toBe(true);
    child.on('message', (message) => {
      const answer = fieldAnswer.parse(message);
      if (answer.kind === 'publishes') child.send({ kind: 'taken', request: 2, batch: answer.batch });
    });
    child.send({ kind: 'taken', request: 2, batch: first.batch });
    const done = await answerOf('done');
    const batches = answers.flatMap((answer) => (answer.kind === 'publishes' ? [answer.publishes.length] : []));
    expect(done).toMatchObject({ request: 2, publishes: batches.reduce((sum, length) => sum + length, 0) });
    expect(batches.length).toBeGreaterThan(4);

    child.send({ kind: 'live', request: 4, devices });
    await answerOf('done', 2);
    const exited = once(child, 'exit');
    child.send({ kind: 'stop' });
    expect(await exited).toEqual([0, null]);
  });

  it('says what is wrong with an order', async () => {
    child.send({ kind: 'manufacture', request: 1, ids: ['xyz'] });
    expect((await answerOf('failed')).message).toContain('ids[0]');
  });

  it('ends when its parent is gone', async () => {
    const exited = once(child, 'exit');
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });
});
