import { DeleteParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryLog } from '../testing/memory-aws.ts';
import { AwsError } from '../testing/memory-table.ts';
import { keepSecret, type SecretKeeper } from './keep-secret.ts';

const made = 'made-secret';
const name = '/enstratus/ingest/webhook-secret';
let parameters: Map<string, string>;
let answers: { url: string; method: string | undefined; body: Record<string, unknown> }[];
let answerStatus: number;
let failure: Error | undefined;
let log: MemoryLog;
let keeper: SecretKeeper;

beforeEach(() => {
  parameters = new Map();
  answers = [];
  answerStatus = 200;
  failure = undefined;
  log = new MemoryLog();
  const send = async (command: object): Promise<object> => {
    if (failure !== undefined) throw failure;
    if (command instanceof PutParameterCommand) {
      const { Name = '', Value = '', Type, Overwrite } = command.input;
      expect(Type).toBe('SecureString');
      if (parameters.has(Name) && Overwrite !== true) throw new AwsError('ParameterAlreadyExists');
      parameters.set(Name, Value);
      return {};
    }
    if (command instanceof DeleteParameterCommand) {
      if (!parameters.delete(String(command.input.Name))) throw new AwsError('ParameterNotFound');
      return {};
    }
    throw new Error(`${command.constructor.name} is not carried out`);
  };
  keeper = {
    ssm: { send } as unknown as Pick<SSMClient, 'send'>,
    randomSecret: () => made,
    fetch: async (url, init) => {
      answers.push({ url: String(url), method: init?.method, body: JSON.parse(String(init?.body)) });
      return new Response(null, { status: answerStatus });
    },
    log,
  };
});

const request = (RequestType: string, more: object = {}) => ({
  RequestType,
  ResponseURL: 'http://127.0.0.1/answer?signature=1',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'WebhookSecret',
  ResourceType: 'Custom::WebhookSecret',
  ResourceProperties: { ServiceToken: 'arn', ParameterName: name },
  ...more,
});

describe('the webhook’s secret', () => {
  it('is made with the stack and goes nowhere else', async () => {
    await keepSecret(request('Create'), keeper);
    expect(parameters.get(name)).toBe(made);
    expect(answers).toEqual([
      {
        url: 'http://127.0.0.1/answer?signature=1',
        method: 'PUT',
        body: { Status: 'SUCCESS', PhysicalResourceId: name, StackId: 'stack', RequestId: 'request', LogicalResourceId: 'WebhookSecret' },
      },
    ]);
    expect(JSON.stringify([answers, log.lines])).not.toContain(made);
  });

  it.each(['Create', 'Update'])('is never overwritten by %s', async (type) => {
    parameters.set(name, 'rotated,by-hand');
    await keepSecret(request(type, { PhysicalResourceId: name }), keeper);
    expect(parameters.get(name)).toBe('rotated,by-hand');
    expect(answers).toMatchObject([{ body: { Status: 'SUCCESS', PhysicalResourceId: name } }]);
  });

  it('goes with the stack, and may be gone before', async () => {
    parameters.set(name, 'x');
    for (const _ of [1, 2]) await keepSecret(request('Delete', { PhysicalResourceId: name }), keeper);
    expect(parameters.size).toBe(0);
    expect(answers.map(({ body }) => body['Status'])).toEqual(['SUCCESS', 'SUCCESS']);
  });

  it('that can not be kept is told to CloudFormation with a reason, without the secret', async () => {
    failure = new AwsError('AccessDeniedException');
    failure.message = `not for ${made}`;
    await keepSecret(request('Create'), keeper);
    expect(answers).toMatchObject([
      { body: { Status: 'FAILED', Reason: 'AccessDeniedException: not for ***', PhysicalResourceId: 'WebhookSecret-failed' } },
    ]);
    expect(JSON.stringify([answers, log.lines])).not.toContain(made);
  });

  it('of a wrong request is answered too', async () => {
    await keepSecret(request('Create', { ResourceProperties: {} }), keeper);
    expect(answers).toMatchObject([{ body: { Status: 'FAILED', Reason: expect.stringContaining('ParameterName') } }]);
  });

  it('is tried again when CloudFormation can not be answered', async () => {
    answerStatus = 503;
    await expect(keepSecret(request('Create'), keeper)).rejects.toThrow('HTTP 503');
    answerStatus = 200;
    await keepSecret(request('Create'), keeper);
    expect(answers.map(({ body }) => body['Status'])).toEqual(['SUCCESS', 'SUCCESS']);
  });
});
