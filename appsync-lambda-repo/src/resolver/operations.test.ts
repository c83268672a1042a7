import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { MemoryLog } from '../testing/memory-log.ts';
import { answerOperations, checkedArguments, failureMessage, type Operation } from './operations.ts';
import { RequestRefused } from './request-refused.ts';

const claims = { user_id: 'u-1', persona: 'dealer', path: '/enfusion/p1/d3', sub: 'x', 'cognito:groups': ['dealer'] };
const context = { awsRequestId: 'request-1' };

/** The event of a direct Lambda resolver, with what is not looked at here too. */
const invocation = (fieldName: string, given: object = {}) => ({
  arguments: { device_id: 'pump-1' },
  identity: { claims, groups: ['dealer'], issuer: 'https://issuer', sourceIp: ['10.0.0.1'], sub: 'x', username: 'x' },
  source: null,
  request: { headers: {}, domainName: null },
  info: { parentTypeName: 'Query', fieldName, selectionSetList: ['name'], selectionSetGraphQL: '{ name }', variables: {} },
  stash: {},
  prev: null,
  ...given,
});

function answering(operation: Operation) {
  const log = new MemoryLog();
  return { log, answer: answerOperations(() => ({ 'Query.device': operation }), log) };
}

describe('an operation', () => {
  it('gets its arguments as they are, and who asks by the claims in the token', async () => {
    const { answer } = answering(async (args, caller) => ({ args, caller }));
    expect(await answer(invocation('device'), context)).toEqual({
      args: { device_id: 'pump-1' },
      caller: { user_id: 'u-1', persona: 'dealer', path: '/enfusion/p1/d3' },
    });
  });

  it.each([
    ['no identity', { identity: null }],
    ['the identity of a role', { identity: { accountId: '111122223333', userArn: 'arn:aws:sts::111122223333:assumed-role/r/s' } }],
    ['no claims of ours', { identity: { claims: { sub: 'x' } } }],
    ['a path that is none', { identity: { claims: { ...claims, path: '/enfusion/' } } }],
    ['an empty path', { identity: { claims: { ...claims, path: '' } } }],
    ['a persona that is none', { identity: { claims: { ...claims, persona: 'root' } } }],
  ])('is not run for somebody with %s', async (_, given) => {
    let isRun = false;
    const { answer } = answering(async () => {
      isRun = true;
    });
    await expect(answer(invocation('device', given), context)).rejects.toThrow('Your sign-in names no organization. Sign in again.');
    expect(isRun).toBe(false);
  });

  it('is told to a caller as it refuses, and not noted', async () => {
    const { answer, log } = answering(async () => {
      throw new RequestRefused('first must be 1 to 500');
    });
    await expect(answer(invocation('device'), context)).rejects.toThrow(new RequestRefused('first must be 1 to 500'));
    expect(log.lines).toEqual([]);
  });

  it('that fails is noted with its reason, and answered without', async () => {
    const { answer, log } = answering(async () => {
      throw Object.assign(new Error('User: arn:aws:sts::111122223333 is not authorized on table-1'), { name: 'AccessDeniedException' });
    });
    const failure = await answer(invocation('device'), context).catch((error: unknown) => error);
    expect(failure).toEqual(new Error('This failed here and was noted. Reference: request-1'));
    expect(log.lines).toEqual([
      {
        level: 'error',
        message: 'operation failed',
        details: {
          operation: 'Query.device',
          request_id: 'request-1',
          error_name: 'AccessDeniedException',
          error_message: 'User: arn:aws:sts::111122223333 is not authorized on table-1',
        },
      },
    ]);
  });

  it.each([
    ['of another name', invocation('devices')],
    ['with the name of what every object has', invocation('constructor', { info: { parentTypeName: '__proto__', fieldName: 'toString' } })],
    ['without a form', 'hello'],
  ])('%s is not answered', async (_, event) => {
    const { answer, log } = answering(async () => 1);
    await expect(answer(event, context)).rejects.toThrow(failureMessage('request-1'));
    expect(log.lines).toHaveLength(1);
  });

  it('is connected at the first call, and again when that failed', async () => {
    let calls = 0;
    const log = new MemoryLog();
    const answer = answerOperations(() => {
      calls += 1;
      if (calls === 1) throw new Error('Environment: TABLE_NAME is missing');
      return { 'Query.device': async () => 'here' };
    }, log);
    await expect(answer(invocation('device'), context)).rejects.toThrow(failureMessage('request-1'));
    expect(log.lines[0]?.details['error_message']).toBe('Environment: TABLE_NAME is missing');
    expect(await answer(invocation('device'), context)).toBe('here');
    expect(await answer(invocation('device'), context)).toBe('here');
    expect(calls).toBe(2);
  });
});

describe('checkedArguments', () => {
  const shape = z.object({ first: z.int('first must be a number'), after: z.string('after must be a text') });

  it('names every argument that is wrong, once', () => {
    expect(() => checkedArguments(shape, { first: 'x' })).toThrow(new RequestRefused('first must be a number; after must be a text'));
  });

  it('gives what the shape makes of them', () => {
    expect(checkedArguments(shape, { first: 1, after: 'x', more: true })).toEqual({ first: 1, after: 'x' });
  });
});
