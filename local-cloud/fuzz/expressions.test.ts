import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { AwsError } from '../src/kernel/aws-error.ts';
import { problemOf } from './answer-verdict.ts';
import { run } from './campaign.ts';
import {
  attributeValue,
  condition,
  filterPattern,
  garbled,
  insightsQuery,
  keyCondition,
  projection,
  update,
} from './expression-arbitraries.ts';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { oddText } from './odd-values.ts';
import { rememberAnswers } from './probes.ts';

describe('the languages within requests, whatever is written in them', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  /** What an operation answers, or undefined when it refuses in words. Anything else is thrown. */
  const ask = async <Out>(service: string, operation: string, input: object): Promise<Out | undefined> => {
    try {
      return await furnished.cloud.call<Out>(service, operation, input, furnished.caller);
    } catch (error) {
      if (!(error instanceof AwsError))
        throw new Error(`${operation} failed inside: ${error instanceof Error ? error.stack : String(error)}`);
      const problem = problemOf(
        {
          status: error.httpStatus,
          headers: {},
          body: `${error.code} ${error.message} ${error.httpStatus === 501 ? 'not carried out' : ''}`,
        },
        [JSON.stringify(input)],
      );
      if (problem !== undefined) throw new Error(problem);
      return undefined;
    }
  };

  const values = fc.record(
    {
      ':a': attributeValue,
      ':b': attributeValue,
      ':n': fc.constant({ N: '1' }),
      ':list': fc.constant({ L: [] }),
      ':set': fc.constant({ SS: ['a'] }),
    },
    { requiredKeys: [] },
  );
  const members = {
    ConditionExpression: garbled(condition),
    FilterExpression: garbled(condition),
    KeyConditionExpression: garbled(keyCondition),
    UpdateExpression: garbled(update),
    ProjectionExpression: garbled(projection),
  };
  const named = { TableName: 'fuzz', ExpressionAttributeNames: { '#a': 'a', '#b': 'b' } };
  const Key = { pk: { S: 'a' }, sk: { S: 'b' } };

  it('expressions of DynamoDB', { timeout: 600_000 }, async () => {
    const isAsBefore = await rememberAnswers(furnished);
    await run({
      border: 'DynamoDB expressions',
      shortRuns: 100,
      inputs: fc.record({ ...members, values, isNamed: fc.boolean() }),
      check: async ({ values: ExpressionAttributeValues, isNamed, ...texts }) => {
        // Names and values that no expression uses are refused, so that they come with all of what uses them or with none.
        const { KeyConditionExpression, FilterExpression, ProjectionExpression, UpdateExpression, ConditionExpression } = texts;
        const more = { TableName: 'fuzz', ...(isNamed ? named : {}), ExpressionAttributeValues };
        for (const given of [
          more,
          { TableName: 'fuzz', ExpressionAttributeValues: used(ExpressionAttributeValues, Object.values(texts).join(' ')) },
        ]) {
          await ask('dynamodb', 'Query', { ...given, KeyConditionExpression, FilterExpression });
          await ask('dynamodb', 'Query', {
            TableName: 'fuzz',
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ...given.ExpressionAttributeValues, ':pk': { S: 'a' } },
            FilterExpression,
          });
          await ask('dynamodb', 'Scan', { ...given, FilterExpression, ProjectionExpression });
          await ask('dynamodb', 'UpdateItem', { ...given, Key, UpdateExpression, ConditionExpression });
          await ask('dynamodb', 'TransactWriteItems', {
            TransactItems: [
              { ConditionCheck: { ...given, Key, ConditionExpression } },
              { Update: { ...given, Key: { pk: { S: 'b' }, sk: { S: 'b' } }, UpdateExpression } },
            ],
          });
        }
        await ask('dynamodb', 'GetItem', { TableName: 'fuzz', Key, ProjectionExpression });
        furnished.console.check();
      },
    });
    await furnished.furnish();
    await isAsBefore();
  });

  it('queries of Logs Insights', { timeout: 600_000 }, async () => {
    const now_s = Math.floor(Date.now() / 1000);
    await run({
      border: 'Logs Insights',
      shortRuns: 100,
      inputs: garbled(insightsQuery),
      check: async (queryString) => {
        const started = await ask<{ queryId: string }>('logs', 'StartQuery', {
          logGroupName: '/fuzz',
          queryString,
          startTime: now_s - 3600,
          endTime: now_s + 3600,
        });
        if (started !== undefined) await ended(started.queryId);
        furnished.console.check();
      },
    });
  });

  const ended = async (queryId: string): Promise<void> => {
    for (;;) {
      const answer = await ask<{ status: string; results: unknown }>('logs', 'GetQueryResults', { queryId });
      if (answer?.status === 'Complete') return;
      if (answer?.status !== 'Running' && answer?.status !== 'Scheduled') throw new Error(`the query is ${answer?.status}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it('filter patterns', { timeout: 600_000 }, async () => {
    await run({
      border: 'filter patterns',
      shortRuns: 100,
      inputs: fc.record({ filterPattern: garbled(filterPattern), filterName: fc.oneof(fc.constant('fuzz'), oddText) }),
      check: async ({ filterPattern: pattern, filterName }) => {
        await ask('logs', 'FilterLogEvents', { logGroupName: '/fuzz', filterPattern: pattern });
        await ask('logs', 'PutMetricFilter', {
          logGroupName: '/fuzz',
          filterName,
          filterPattern: pattern,
          metricTransformations: [{ metricName: 'm', metricNamespace: 'n', metricValue: '1' }],
        });
        await ask('logs', 'PutLogEvents', {
          logGroupName: '/fuzz',
          logStreamName: 'other',
          logEvents: [{ timestamp: Date.now(), message: pattern.slice(0, 100) || 'x' }],
        });
        await ask('logs', 'DeleteMetricFilter', { logGroupName: '/fuzz', filterName });
        furnished.console.check();
      },
    });
  });
});

/** The values whose placeholders stand in a text. */
function used(values: object, text: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => text.includes(name)));
}
