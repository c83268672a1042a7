import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type Operation, operation, type Scope } from '../../kernel/service.ts';
import { compileFilterPattern } from './filter-pattern.ts';
import { invalidParameter, logGroupResource } from './log-arn.ts';
import { existingGroup } from './log-group-operations.ts';
import type { LogStoreOf } from './log-store.ts';
import type { MetricFilterStore } from './metric-filter-store.ts';
import { page } from './paging.ts';

/** "CloudWatch Logs quotas". */
const MAX_FILTERS_PER_GROUP = 100;

const metricTransformation = z.strictObject({ metricName: z.string(), metricNamespace: z.string(), metricValue: z.string() });

/**
 * Metric filters tell CloudWatch what they match ("PutMetricFilter"), at the event's own time. A metric's value is a number; one taken from the event
 * (`$.field`), default values, dimensions and units are refused by their names.
 */
export function metricFilterOperations(
  storeOf: LogStoreOf,
  filtersOf: (scope: Scope) => MetricFilterStore,
  clock: () => number,
): Record<string, Operation<never, unknown>> {
  return {
    PutMetricFilter: operation({
      input: z.strictObject({
        logGroupName: z.string(),
        filterName: z.string(),
        filterPattern: z.string(),
        metricTransformations: z.array(metricTransformation),
      }),
      authorize: (input, context) => [{ action: 'logs:PutMetricFilter', resource: logGroupResource(context, input.logGroupName) }],
      run(input, context) {
        const group = existingGroup(storeOf(context), input.logGroupName);
        // AWS's answer where a class is asked for what it hasn't ("PutTransformer", "CreateLogAnomalyDetector"); that of this operation could not be checked.
        if (group.class !== 'STANDARD')
          throw new AwsError('ValidationException', 'This operation is only supported on the Standard log class.');
        const filters = filtersOf(context);
        if (!/^[^:*]{1,512}$/.test(input.filterName)) throw invalidParameter('A filter name has 1 to 512 characters without : and *');
        compileFilterPattern(input.filterPattern);
        const { metricTransformations } = input;
        if (metricTransformations.length !== 1) throw invalidParameter('metricTransformations must have exactly 1 item.');
        for (const { metricValue } of metricTransformations) {
          if (metricValue.trim() === '' || !Number.isFinite(Number(metricValue)))
            throw new NotCarriedOut(`the metric value "${metricValue}" of a metric filter: only numbers`);
        }
        const existing = filters.list(group);
        const before = existing.find(({ filterName }) => filterName === input.filterName);
        if (before === undefined && existing.length >= MAX_FILTERS_PER_GROUP)
          throw new AwsError('LimitExceededException', `A log group can have at most ${MAX_FILTERS_PER_GROUP} metric filters.`);
        filters.put(group, { ...input, creationTime: before?.creationTime ?? clock() });
      },
    }),

    DeleteMetricFilter: operation({
      input: z.strictObject({ logGroupName: z.string(), filterName: z.string() }),
      authorize: (input, context) => [{ action: 'logs:DeleteMetricFilter', resource: logGroupResource(context, input.logGroupName) }],
      run(input, context) {
        const group = existingGroup(storeOf(context), input.logGroupName);
        if (!filtersOf(context).delete(group, input.filterName))
          throw new AwsError('ResourceNotFoundException', 'The specified metric filter does not exist.');
      },
    }),

    DescribeMetricFilters: operation({
      input: z.strictObject({
        logGroupName: z.string().optional(),
        filterNamePrefix: z.string().optional(),
        metricName: z.string().optional(),
        metricNamespace: z.string().optional(),
        nextToken: z.string().optional(),
        limit: z.number().optional(),
      }),
      authorize: (input, context) => [
        { action: 'logs:DescribeMetricFilters', resource: logGroupResource(context, input.logGroupName ?? '') },
      ],
      run(input, context) {
        const { metricName, metricNamespace, logGroupName, filterNamePrefix } = input;
        if ((metricName === undefined) !== (metricNamespace === undefined))
          throw invalidParameter('metricName and metricNamespace must be given together.');
        const group = logGroupName === undefined ? undefined : existingGroup(storeOf(context), logGroupName);
        // "DescribeMetricFilters": the prefix counts only together with a log group.
        const prefix = group === undefined ? '' : (filterNamePrefix ?? '');
        const filters = filtersOf(context)
          .list(group)
          .filter(({ filterName }) => filterName.startsWith(prefix))
          .filter(
            ({ metricTransformations }) =>
              metricName === undefined ||
              metricTransformations.some((each) => each.metricName === metricName && each.metricNamespace === metricNamespace),
          );
        const { items, nextToken } = page(filters, (filter) => JSON.stringify([filter.filterName, filter.logGroupName]), input);
        return { metricFilters: items, nextToken };
      },
    }),
  };
}
