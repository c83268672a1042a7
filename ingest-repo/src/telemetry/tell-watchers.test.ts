import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { statusFields } from '@enstratus/contract';
import { SignatureV4 } from '@smithy/signature-v4';
import { beforeEach, describe, expect, it } from 'vitest';
import { documents } from '../testing/documents.ts';
import { MemoryLog } from '../testing/memory-aws.ts';
import { graphqlWatchers, type LiveStatus, type TellWatchers } from './tell-watchers.ts';

const { config } = new DynamoDBClient({
  region: 'us-east-2',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'never-sent', sessionToken: 'session' },
});
const status: LiveStatus = {
  device_id: 'pump-1',
  path: '/enfusion/p1/d3/c9/north/pump-1',
  last_contact_at: 1_763_800_000,
  silent_at: 1_763_801_200,
  documents: documents({ boot_id: 7, seq: 100, time: 1_763_799_900 }, 2, () => ({ temp_c: null })),
};

let log: MemoryLog;
let calls: { url: string; init: RequestInit }[];
let reply: () => Promise<Response>;
let tell: TellWatchers;

beforeEach(() => {
  log = new MemoryLog();
  calls = [];
  reply = async () => Response.json({ data: { publishDeviceStatus: { device_id: 'pump-1' } } });
  tell = graphqlWatchers({
    url: 'https://abc.appsync-api.us-east-2.amazonaws.com/graphql',
    signer: new SignatureV4({ service: 'appsync', region: config.region, credentials: config.credentials, sha256: config.sha256 }),
    fetch: async (url, init = {}) => {
      calls.push({ url: String(url), init });
      return reply();
    },
    log,
  });
});

describe('those who watch a device', () => {
  it('are told by one mutation that selects everything, signed for AppSync', async () => {
    await tell(status);
    const [call] = calls;
    expect(call).toMatchObject({ url: 'https://abc.appsync-api.us-east-2.amazonaws.com/graphql', init: { method: 'POST' } });
    expect(call?.init.headers).toMatchObject({
      'content-type': 'application/json',
      host: 'abc.appsync-api.us-east-2.amazonaws.com',
      'x-amz-security-token': 'session',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-2\/appsync\/aws4_request, SignedHeaders=[^,]*host[^,]*, Signature=[0-9a-f]{64}$/,
      ),
    });
    const { query, variables } = JSON.parse(String(call?.init.body));
    expect(variables.status).toEqual({
      device_id: 'pump-1',
      path: '/enfusion/p1/d3/c9/north/pump-1',
      last_contact_at: '2025-11-22T08:26:40Z',
      silent_at: '2025-11-22T08:46:40Z',
      documents: [
        { ...status.documents[0], time: '2025-11-22T08:25:00Z' },
        { ...status.documents[1], time: '2025-11-22T08:26:00Z' },
      ],
    });
    const selected = /publishDeviceStatus\(status: \$status\) \{([^{]+)\{([^}]+)\}/.exec(query);
    const words = (text = '') => text.trim().split(/\s+/);
    expect(words(selected?.[1])).toEqual([...Object.keys(status)]);
    expect(words(selected?.[2])).toEqual(['boot_id', 'seq', 'time', ...statusFields.map(({ name }) => name)]);
    expect(log.lines).toEqual([]);
  });

  it.each<[string, () => Promise<Response>, string]>([
    ['an API that refuses', async () => Response.json({ errors: [{ errorType: 'UnauthorizedException' }] }, { status: 401 }), 'HTTP 401'],
    [
      'an answer with errors',
      async () => Response.json({ data: null, errors: [{ message: 'no', errorType: 'Unauthorized' }] }),
      'Unauthorized: no',
    ],
    ['an answer that is none', async () => new Response('<html>'), 'JSON'],
    ['no connection', () => Promise.reject(new TypeError('fetch failed')), 'fetch failed'],
  ])('that can not be told by %s: it is logged for the alarm, and nothing else', async (_, answer, said) => {
    reply = answer;
    await tell(status);
    expect(log.lines).toMatchObject([
      { level: 'error', message: 'watchers not told', details: { device_id: 'pump-1', error_message: expect.stringContaining(said) } },
    ]);
    expect(JSON.stringify(log.lines)).not.toMatch(/never-sent|AWS4-HMAC/);
  });

  it('are not waited for longer than two seconds', async () => {
    await tell(status);
    const signal = calls[0]?.init.signal;
    expect(signal?.aborted).toBe(false);
    await expect.poll(() => signal?.aborted, { timeout: 4_000 }).toBe(true);
  });
});
