import type { StatusDocument } from '@enstratus/contract';
import { beforeEach, expect, it } from 'vitest';
import { documents } from '../testing/documents.ts';
import { MemoryLogs } from '../testing/memory-aws.ts';
import { deviceLog } from './device-log.ts';

const group = '/enstratus/devices/pump-1';
const ofBoot = (boot_id: number, count = 2): StatusDocument[] => documents({ boot_id, seq: 0, time: 1_763_790_000 }, count);

let logs: MemoryLogs;
let calls: string[];
let write: (...some: StatusDocument[]) => Promise<StatusDocument[]>;

beforeEach(() => {
  logs = new MemoryLogs();
  logs.makeGroup(group);
  calls = [];
  logs.before = async (command) => {
    calls.push(command);
  };
  write = (...some) => deviceLog(logs.client, '/enstratus/devices/')('pump-1', some);
});

it('each boot has a stream of its own, made by its first documents; later ones take one call', async () => {
  await write(...ofBoot(7));
  expect(calls).toEqual(['PutLogEventsCommand', 'CreateLogStreamCommand', 'PutLogEventsCommand']);
  await write(...ofBoot(7));
  expect(calls.slice(3)).toEqual(['PutLogEventsCommand']);
  await write(...ofBoot(8, 1));
  await write(...ofBoot(0, 1));
  const counts = [...(logs.groups.get(group)?.streams ?? [])].map(([name, events]) => [name, events.length]);
  expect(counts).toEqual([
    ['boot-0000000007', 4],
    ['boot-0000000008', 1],
    ['boot-0000000000', 1],
  ]);
});

it('two that make a stream at the same time both write to it', async () => {
  const bothPut = Promise.withResolvers<void>();
  let waiting = 0;
  logs.before = async (command) => {
    if (command !== 'CreateLogStreamCommand') return;
    waiting += 1;
    if (waiting === 2) bothPut.resolve();
    await bothPut.promise;
  };
  await Promise.all([write(...ofBoot(7)), write(...ofBoot(7))]);
  expect(logs.lines(group)).toHaveLength(4);
});

it('a group that is not there, and what else fails, throws', async () => {
  logs.groups.clear();
  await expect(write(...ofBoot(7))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(calls).toEqual(['PutLogEventsCommand', 'CreateLogStreamCommand']);
  logs.before = () => Promise.reject(new Error('ThrottlingException'));
  await expect(write(...ofBoot(7))).rejects.toThrow('ThrottlingException');
});

it('documents of several boots are refused', async () => {
  await expect(write(...ofBoot(7), ...ofBoot(8))).rejects.toThrow(RangeError);
  expect(calls).toEqual([]);
});

it('nothing to write takes no call', async () => {
  expect(await write()).toEqual([]);
  expect(calls).toEqual([]);
});
