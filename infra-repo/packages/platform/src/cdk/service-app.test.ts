import { CfnResource, Stack } from 'aws-cdk-lib';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { acknowledge, deployment, serviceApp, setting } from './service-app.ts';

const testApp = (context: Record<string, unknown> = {}) => serviceApp({ outdir: temporaryFolder(), context });
const env = { account: '111122223333', region: 'us-east-2' };

describe('serviceApp', () => {
  beforeEach(() => {
    // The findings are printed as well as thrown.
    vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  it('synthesizes what has no findings', () => {
    const app = testApp();
    const stack = new Stack(app, 'Sound', { env });
    const dead = new Queue(stack, 'Dead', { enforceSSL: true });
    acknowledge(dead, { 'AwsSolutions-SQS3': 'It is the end of the line.' });
    new Queue(stack, 'Queue', { enforceSSL: true, deadLetterQueue: { queue: dead, maxReceiveCount: 3 } });
    expect(() => app.synth()).not.toThrow();
  });

  it('fails the synthesis by a property that the type does not have', () => {
    const app = testApp();
    new CfnResource(new Stack(app, 'Broken', { env }), 'Queue', { type: 'AWS::SQS::Queue', properties: { VisibilityTimeOut: 30 } });
    expect(() => app.synth()).toThrow(/[Vv]alidation/);
  });

  it('fails the synthesis by a finding of cdk-nag', () => {
    const app = testApp();
    new CfnQueue(new Stack(app, 'Unsafe', { env }), 'Queue', {});
    expect(() => app.synth()).toThrow(/[Vv]alidation/);
  });

  it('lets an acknowledged finding pass, and no other', () => {
    const app = testApp();
    const queue = new CfnQueue(new Stack(app, 'Known', { env }), 'Queue', {});
    acknowledge(queue, { 'AwsSolutions-SQS3': 'reason' });
    expect(() => app.synth()).toThrow(/[Vv]alidation/);
    const other = testApp();
    acknowledge(new CfnQueue(new Stack(other, 'Known', { env }), 'Queue', {}), {
      'AwsSolutions-SQS3': 'reason',
      'AwsSolutions-SQS4': 'reason',
    });
    expect(() => other.synth()).not.toThrow();
  });
});

describe('deployment', () => {
  it('takes the context before the environment, and dev as the stage', () => {
    const environment = { CDK_DEFAULT_ACCOUNT: '444455556666', CDK_DEFAULT_REGION: 'us-west-2' };
    expect(deployment(testApp(), environment)).toEqual({ stage: 'dev', env: { account: '444455556666', region: 'us-west-2' } });
    expect(deployment(testApp({ ...env, stage: 'prod' }), environment)).toEqual({ stage: 'prod', env });
  });

  it('says how to give what is missing', () => {
    expect(() => deployment(testApp({ region: 'us-east-2' }), {})).toThrow(/account is not known.*-c account=/);
    expect(() => deployment(testApp({ account: '111122223333' }), {})).toThrow(/region is not known.*-c region=/);
    expect(() => deployment(testApp({ ...env, stage: 'live' }), {})).toThrow(/stage must be dev, test or prod/);
    expect(() => deployment(testApp({ ...env, account: '12' }), {})).toThrow(/account must have 12 digits/);
  });
});

describe('setting', () => {
  const shape = z.coerce.number().int().min(1).optional();

  it('reads the text of the command line', () => {
    expect(setting(testApp({ concurrency: '5' }), 'concurrency', shape)).toBe(5);
    expect(setting(testApp(), 'concurrency', shape)).toBeUndefined();
  });

  it('names a setting that does not fit', () => {
    expect(() => setting(testApp({ concurrency: '0' }), 'concurrency', shape)).toThrow(/context concurrency is wrong/);
  });
});
