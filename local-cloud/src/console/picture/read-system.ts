import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import type { queueViews } from '../../services/sqs/queue-view.ts';
import type { Look } from '../api/route.ts';
import type { LogGroupList } from '../shapes/logs.ts';
import type { QueueList, TopicList } from '../shapes/queues.ts';
import type { TableList } from '../shapes/tables.ts';
import {
  type DeployedFunction,
  deployedFunctions,
  eventSources,
  functionArnOf,
  type Grant,
  grantsOf,
  graphqlApis,
  userPools,
} from './deployed.ts';
import { logFamilies } from './nodes.ts';

/** What is deployed, as far as the picture tells it. */
export interface System {
  readonly functions: readonly (DeployedFunction & { readonly grants: readonly Grant[] })[];
  readonly mappings: readonly { queue: string; functionName: string }[];
  readonly allQueues: readonly string[];
  /** With their counts of now. */
  queues(
    scope: Scope,
  ): readonly { name: string; isDeadLetters: boolean; counts: { visible: number; delayed: number; in_flight: number } }[];
  readonly deadLetters: readonly { queue: string; to: string }[];
  readonly topics: readonly { name: string }[];
  readonly subscriptions: readonly { topic: string; queue: string }[];
  readonly tables: readonly { name: string; items: number }[];
  /** Groups that aren't a function's own, those below one path together. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
  readonly buckets: readonly string[];
  readonly apis: readonly { apiId: string; name: string; arn: string; pools: readonly string[]; sources: readonly string[] }[];
  readonly pools: readonly { Id: string; Name: string; triggers: readonly string[] }[];
  readonly sites: readonly { id: string; name: string; buckets: readonly string[] }[];
}

/** The lists that the console's own addresses answer with. */
export interface Lists {
  queues(look: Look): Promise<QueueList>;
  topics(look: Look): Promise<TopicList>;
  tables(look: Look): Promise<TableList>;
  logGroups(look: Look): Promise<LogGroupList>;
}

interface Distribution {
  readonly Id: string;
  readonly DomainName: string;
  readonly Origins: { Items?: readonly { DomainName: string }[] };
}

const nameOf = (arn: string): string => {
  const whole = arn.includes(':function:') ? functionArnOf(arn) : arn;
  return whole.slice(whole.lastIndexOf(':') + 1);
};

/** Services that this cloud doesn't have (a test's) have nothing deployed. */
const ifThere = async <T>(cloud: Cloud, service: string, read: () => Promise<T>, otherwise: T): Promise<T> =>
  cloud.service(service) === undefined ? otherwise : read();

export async function readSystem(look: Look, lists: Lists, viewIn: ReturnType<typeof queueViews>): Promise<System> {
  const { cloud } = look;
  const [functions, mappings, queueList, topicList, tableList, groupList, buckets, apis, pools, sites] = await Promise.all([
    ifThere(cloud, 'lambda', () => deployedFunctions(look), []),
    ifThere(cloud, 'lambda', () => eventSources(look), []),
    ifThere(cloud, 'sqs', () => lists.queues(look), { queues: [] }),
    ifThere(cloud, 'sns', () => lists.topics(look), { topics: [] }),
    ifThere(cloud, 'dynamodb', () => lists.tables(look), { tables: [] }),
    ifThere(cloud, 'logs', () => lists.logGroups(look), { log_groups: [] }),
    ifThere(cloud, 's3', () => look.call<{ Buckets: { Name: string }[] }>('s3', 'ListBuckets'), { Buckets: [] }),
    ifThere(cloud, 'appsync', () => graphqlApis(look), []),
    ifThere(cloud, 'cognito-idp', () => userPools(look), []),
    ifThere(cloud, 'cloudfront', () => look.call<{ DistributionList: { Items?: Distribution[] } }>('cloudfront', 'ListDistributions'), {
      DistributionList: {},
    }),
  ]);
  const ownLogs = new Set(functions.map(({ log_group }) => log_group));
  const { queues } = queueList;
  return {
    functions: functions.map((one) => ({ ...one, grants: grantsOf(look, one.role) })),
    mappings: mappings
      .filter(({ State }) => State === 'Enabled')
      .map(({ EventSourceArn, FunctionArn }) => ({ queue: nameOf(EventSourceArn), functionName: nameOf(FunctionArn) })),
    allQueues: queues.map(({ name }) => name),
    queues: (scope) =>
      queues.map(({ name, dead_letters_of }) => ({
        name,
        isDeadLetters: dead_letters_of.length > 0,
        counts: viewIn(scope).counts(name) ?? { visible: 0, delayed: 0, in_flight: 0 },
      })),
    deadLetters: queues.flatMap(({ name, dead_letters }) => (dead_letters === undefined ? [] : [{ queue: name, to: dead_letters.queue }])),
    topics: topicList.topics.map(({ name }) => ({ name })),
    subscriptions: topicList.topics.flatMap(({ name, subscriptions }) =>
      subscriptions.filter(({ protocol }) => protocol === 'sqs').map(({ endpoint }) => ({ topic: name, queue: nameOf(endpoint) })),
    ),
    tables: tableList.tables.map(({ name, items }) => ({ name, items })),
    logs: logFamilies(groupList.log_groups.map(({ name }) => name).filter((name) => !ownLogs.has(name))),
    buckets: buckets.Buckets.map(({ Name }) => Name),
    apis: apis.map((api) => ({
      apiId: api.apiId,
      name: api.name,
      arn: api.arn,
      pools: [api, ...(api.additionalAuthenticationProviders ?? [])].flatMap(({ userPoolConfig }) => userPoolConfig?.userPoolId ?? []),
      sources: api.dataSources.flatMap(({ lambdaConfig }) => (lambdaConfig === undefined ? [] : nameOf(lambdaConfig.lambdaFunctionArn))),
    })),
    pools: pools.map(({ Id, Name, LambdaConfig = {} }) => ({ Id, Name, triggers: [...new Set(arnsIn(LambdaConfig).map(nameOf))] })),
    sites: (sites.DistributionList.Items ?? []).map(({ Id, DomainName, Origins }) => ({
      id: Id,
      name: DomainName,
      buckets: (Origins.Items ?? []).flatMap(({ DomainName: origin }) => /^(.+)\.s3[.-]/.exec(origin)?.[1] ?? []),
    })),
  };
}

/** Triggers stand as ARNs or in objects with a version. */
function arnsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.includes(':function:') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(arnsIn) : [];
}
