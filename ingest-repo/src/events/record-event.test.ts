import { type DeviceEvent, eventKey } from '@enstratus/contract';
import { processSqsBatch } from '@enstratus/platform/runtime';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryLog } from '../testing/memory-aws.ts';
import { AwsError, MemoryTable } from '../testing/memory-table.ts';
import { recordEvent, recordedEventSchema } from './record-event.ts';

const happened: DeviceEvent = {
  type: 'device.state_changed',
  version: 1,
  event_id: 'device.state_changed:pump-1:7:100',
  device_id: 'pump-1',
  path: '/enfusion/p1/d3/c9/north/pump-1',
  time: '2025-11-21T21:14:00Z',
  boot_id: 7,
  seq: 100,
  from: { run_state: 'solar', fault_code: 0 },
  to: { run_state: 'fault', fault_code: 23 },
};

let table: MemoryTable;
let log: MemoryLog;

beforeEach(() => {
  table = new MemoryTable();
  log = new MemoryLog();
});

const run = (bodies: string[]) =>
  processSqsBatch({
    event: {
      Records: bodies.map((body, index) => ({ messageId: `m${index}`, body, attributes: { ApproximateReceiveCount: '1' } }) as SQSRecord),
    } as SQSEvent,
    schema: recordedEventSchema,
    logger: log,
    handle: (event) => recordEvent(event, { documents: table.client, tableName: 'table', clock: () => 1_763_800_000_000 }),
  });

const history = () => table.list('DEVICE#pump-1', 'EVENT#');

describe('the history of events', () => {
  it('holds an event as it was published, under its time', async () => {
    expect(await run([JSON.stringify(happened)])).toEqual({ batchItemFailures: [] });
    const key = eventKey('pump-1', Date.parse(happened.time) / 1000, happened.event_id);
    expect(history()).toMatchObject([{ ...key, type: 'device.state_changed', event: happened, recorded_at: 1_763_800_000 }]);
  });

  it('holds an event once, delivered raw or in an envelope, and the first stays', async () => {
    const envelope = JSON.stringify({
      Type: 'Notification',
      MessageId: '1',
      TopicArn: 'arn:aws:sns:us-east-2:1:t',
      Message: JSON.stringify(happened),
    });
    expect(await run([envelope, JSON.stringify(happened), envelope])).toEqual({ batchItemFailures: [] });
    expect(history()).toHaveLength(1);
  });

  it('fails what is no event, and drops nothing else', async () => {
    const bad = [
      'no JSON',
      '{}',
      JSON.stringify({ ...happened, type: 'device.danced' }),
      JSON.stringify({ Type: 'Notification', Message: 'x' }),
    ];
    expect(await run([...bad, JSON.stringify(happened)])).toEqual({
      batchItemFailures: bad.map((_, index) => ({ itemIdentifier: `m${index}` })),
    });
    expect(history()).toHaveLength(1);
  });

  it('fails what DynamoDB did not take', async () => {
    table.before = () => Promise.reject(new AwsError('ProvisionedThroughputExceededException'));
    await expect(run([JSON.stringify(happened)])).rejects.toThrow('All records failed');
  });
});
