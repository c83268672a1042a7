import { cbor } from '@smithy/core/cbor';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { z } from 'zod';
import { credential, operationsOf } from './aws-messages.ts';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { fuzzService } from './fuzz-service.ts';
import { bytesAsText, type HttpMessage, nearMessage } from './http-message.ts';
import { readBack } from './read-back.ts';

const PATH = '/service/GraniteServiceVersion20100801/operation/';
const record = z.record(z.string(), z.unknown());

/** Values in CBOR that JSON has none of, and bytes that are none (RFC 8949, appendices A and F). */
const oddCbor = fc.constantFrom(
  ...[
    'f97e00',
    'f97c00',
    'f9fc00',
    'fb7ff0000000000000',
    'c11a514b67b0',
    'c1fb41d452d9e8000000',
    'c16378797a',
    'c1f97e00',
    'c4a0',
    'd9d9f7a0',
  ],
  ...[
    'c249010000000000000000',
    '1bffffffffffffffff',
    '3bffffffffffffffff',
    '4400010203',
    '5f42010243030405ff',
    '7f657374726561646d696e67ff',
  ],
  ...['9f018202039f0405ffff', 'bf61610161629f0203ffff', 'a1695f5f70726f746f5f5fa161780a', '80', 'a0', 'f6', 'f7', 'f4'],
  ...[
    '5bffffffffffffffff',
    '7affffffff',
    '9bffffffffffffffff',
    'bb0000ffffffffffff',
    '1c',
    'ff',
    '5f',
    '9f',
    'bf',
    'a1',
    'a16161',
    'c1',
    'f8',
  ],
  ...['81'.repeat(5000), 'c1'.repeat(5000), 'a16161'.repeat(5000), '9f'.repeat(5000), `${'81'.repeat(900)}00`],
);

const message = (operation: string, body: Uint8Array | string): HttpMessage => ({
  method: 'POST',
  path: `${PATH}${operation}`,
  headers: {
    authorization: credential('monitoring'),
    'smithy-protocol': 'rpc-v2-cbor',
    'content-type': 'application/cbor',
    accept: 'application/cbor',
  },
  body: bytesAsText(body),
});

/** Requests of Smithy RPC v2 CBOR ("Smithy RPC v2 CBOR protocol") for every operation of CloudWatch, valid ones and ones near them. */
function cborMessages(furnished: FurnishedCloud): fc.Arbitrary<HttpMessage> {
  return nearMessage(
    operationsOf(furnished, 'monitoring').chain(([operation, inputs]) =>
      fc.oneof(
        { weight: 8, arbitrary: inputs.map((input) => message(operation, bytesOf(input))) },
        { weight: 1, arbitrary: oddCbor.map((hex) => message(operation, Buffer.from(hex, 'hex'))) },
        // Odd values in a member's place.
        {
          weight: 1,
          arbitrary: fc
            .tuple(fc.constantFrom('Namespace', 'AlarmName', 'StartTime', 'MetricData', 'AlarmNames', '__proto__'), oddCbor)
            .map(([member, hex]) =>
              message(operation, Buffer.concat([Buffer.from([0xa1, 0x78, member.length]), Buffer.from(member), Buffer.from(hex, 'hex')])),
            ),
        },
      ),
    ),
  );
}

/** What the SDK's own writer refuses goes as it would to another protocol. */
function bytesOf(input: unknown): Uint8Array | string {
  try {
    return cbor.serialize(input);
  } catch {
    return JSON.stringify(input) ?? '';
  }
}

describe('Smithy RPC v2 CBOR, whatever it is sent', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    // The SDK's reader warns of numbers that are too long.
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    furnished = await startFurnishedCloud();
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await furnished.stop();
  });

  it('monitoring', { timeout: 600_000 }, async () => {
    await fuzzService(furnished, {
      border: 'CBOR monitoring',
      shortRuns: 300,
      // A decimal fraction that is none.
      failedOnce: [message('DeleteAlarms', Buffer.concat([Buffer.from([0xc4]), cbor.serialize({ AlarmNames: 'fuzz' })]))],
      inputs: cborMessages(furnished),
      write: (message) => message,
      confirm: readBack(furnished, 'monitoring', ({ path, headers, body }) => {
        const operation = path.startsWith(PATH) ? path.slice(PATH.length) : undefined;
        if (operation === undefined || headers['authorization'] !== credential('monitoring') || headers['content-encoding'] !== undefined)
          return undefined;
        const input = record.safeParse(body === '' ? {} : cbor.deserialize(Buffer.from(body, 'latin1')));
        return input.success ? { operation, input: input.data, output: {} } : undefined;
      }),
    });
  });
});
