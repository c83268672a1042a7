import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CustomResourceRequest, customResource } from './custom-resource.ts';

const properties = z.object({ Color: z.enum(['red', 'green'], { error: 'Color must be red or green' }) });
const request = (more: object = {}) => ({
  RequestType: 'Create',
  ResponseURL: 'http://127.0.0.1/answer?signature=1',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Wall',
  ResourceType: 'Custom::Wall',
  ResourceProperties: { ServiceToken: 'arn', Color: 'red' },
  ...more,
});

let answers: { url: string; init: RequestInit | undefined }[];
let logged: unknown[];
let asked: CustomResourceRequest<{ Color: string }>[];
let carriedOut: () => Promise<string>;
let answer: () => Promise<Response>;

beforeEach(() => {
  answers = [];
  logged = [];
  asked = [];
  carriedOut = async () => 'the-wall';
  answer = async () => new Response(null, { status: 200 });
});

const run = (event: unknown) =>
  customResource(event, {
    properties,
    carryOut: (wanted) => {
      asked.push(wanted);
      return carriedOut();
    },
    fetch: async (url, init) => {
      answers.push({ url: String(url), init });
      return answer();
    },
    log: { error: (message, details) => logged.push([message, details]) },
  });
const replies = () => answers.map(({ init }) => JSON.parse(String(init?.body)));

describe('customResource', () => {
  it('hands over what is asked and answers where CloudFormation waits, without a content type', async () => {
    await run(request());
    expect(asked).toEqual([{ type: 'Create', properties: { Color: 'red' }, stackId: 'stack', logicalId: 'Wall' }]);
    expect(answers).toMatchObject([
      { url: 'http://127.0.0.1/answer?signature=1', init: { method: 'PUT', headers: { 'content-type': '' } } },
    ]);
    expect(replies()).toEqual([
      { Status: 'SUCCESS', PhysicalResourceId: 'the-wall', StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Wall' },
    ]);
    expect(logged).toEqual([]);
  });

  it('answers a failure with its reason, under the id that the resource has, and never at more length than is taken', async () => {
    carriedOut = () => Promise.reject(new RangeError('x'.repeat(5000)));
    await run(request());
    await run(request({ RequestType: 'Update', PhysicalResourceId: 'the-wall' }));
    expect(replies()).toMatchObject([
      { Status: 'FAILED', Reason: expect.stringMatching(/^RangeError: x+$/), PhysicalResourceId: 'Wall-failed' },
      { Status: 'FAILED', PhysicalResourceId: 'the-wall' },
    ]);
    for (const { init } of answers) expect(String(init?.body).length).toBeLessThan(4096);
    expect(logged).toHaveLength(2);
  });

  it.each([
    ['Color must be red or green', { ResourceProperties: { Color: 'blue' } }],
    ['RequestType', { RequestType: 'Paint' }],
  ])('answers a request that is wrong: %s', async (said, wrong) => {
    await run(request(wrong));
    expect(replies()).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining(said) }]);
    expect(asked).toEqual([]);
  });

  it.each<[string, () => Promise<Response>]>([
    ['HTTP 503', async () => new Response(null, { status: 503 })],
    ['fetch failed', () => Promise.reject(new TypeError('fetch failed'))],
  ])('throws when CloudFormation can not be answered: %s', async (said, reply) => {
    answer = reply;
    await expect(run(request())).rejects.toThrow(said);
  });

  it('throws when nobody says where to answer', async () => {
    await expect(run({ RequestType: 'Create' })).rejects.toThrow('ResponseURL');
  });
});
