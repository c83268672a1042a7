import type { Look } from '../api/route.ts';
import type { PictureNode } from '../shapes/picture.ts';
import type { Sketch } from './draw-picture.ts';
import { KIND_OF_SERVICE, mayMean } from './nodes.ts';
import type { System } from './read-system.ts';
import { type Traffic, verbOf } from './traffic.ts';

interface Target {
  readonly id: string;
  readonly service: string;
  readonly arn: string;
  /** What calls name as their resource. */
  readonly names: readonly string[];
}

const WORDS: Readonly<Partial<Record<PictureNode['kind'], { read: string; write: string }>>> = {
  table: { read: 'reads', write: 'writes' },
  bucket: { read: 'reads', write: 'writes' },
  logs: { read: 'queries', write: 'writes' },
  topic: { read: 'lists', write: 'publishes' },
  queue: { read: 'receives', write: 'sends' },
  api: { read: 'asks', write: 'mutates' },
  function: { read: 'asks', write: 'invokes' },
};

/** What each function may do by its role's policies, and how often it did. Its own log is left out: every function has one. */
export function drawFunctionEdges({ caller }: Look, sketch: Sketch, system: System, traffic: Traffic): void {
  const targets = targetsOf(caller, system);
  for (const { name, grants } of system.functions) {
    const allowed = grants.filter(({ effect }) => effect === 'Allow');
    for (const target of targets) {
      if (target.id === `function:${name}`) continue;
      const verbs = new Set<string>(
        allowed
          .filter(({ resources }) => resources.some((pattern) => pattern !== '*' && mayMean(pattern, target.arn)))
          .flatMap(({ actions }) => actions)
          .filter((action) => action.startsWith(`${target.service}:`) && !isUpkeep(action))
          .map((action) => (action === 'appsync:GraphQL' ? 'write' : verbOf(target.service, action.slice(action.indexOf(':') + 1)))),
      );
      // What feeds a function is drawn as its source.
      if (target.service === 'sqs') verbs.delete('read');
      if (verbs.size === 0) continue;
      const kind = KIND_OF_SERVICE[target.service];
      const words = kind === undefined ? undefined : WORDS[kind];
      const verb = (['read', 'write'] as const).flatMap((one) => (verbs.has(one) ? [words?.[one] ?? one] : [])).join(', ');
      sketch.edge(`function:${name}`, target.id, verb, traffic.calls(caller, name, target.service, new Set(target.names), verbs));
    }
  }
}

/** What goes with a message's receipt, a table's description or a stream's making is no flow of its own. */
function isUpkeep(action: string): boolean {
  return /^(sqs:(GetQueueAttributes|GetQueueUrl|DeleteMessage|ChangeMessageVisibility)|dynamodb:Describe|s3:(List|GetBucket|Abort)|logs:(Create|Describe))/.test(
    action,
  );
}

function targetsOf({ account, region }: { account: string; region: string }, system: System): Target[] {
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
  return [
    ...system.tables.map(({ name }) => ({
      id: `table:${name}`,
      service: 'dynamodb',
      arn: arn('dynamodb', `table/${name}`),
      names: [name],
    })),
    ...system.allQueues.map((name) => ({ id: `queue:${name}`, service: 'sqs', arn: arn('sqs', name), names: [name] })),
    ...system.topics.map(({ name }) => ({ id: `topic:${name}`, service: 'sns', arn: arn('sns', name), names: [name] })),
    ...system.buckets.map((name) => ({ id: `bucket:${name}`, service: 's3', arn: `arn:aws:s3:::${name}`, names: [name] })),
    ...system.apis.map(({ apiId, arn: apiArn }) => ({ id: `api:${apiId}`, service: 'appsync', arn: apiArn, names: [apiId] })),
    ...system.functions.map(({ name, arn: functionArn }) => ({
      id: `function:${name}`,
      service: 'lambda',
      arn: functionArn,
      names: [name],
    })),
    ...[...system.logs].map(([name, members]) => ({
      id: `logs:${name}`,
      service: 'logs',
      // One of the family stands for all: what may write it may write them.
      arn: arn('logs', `log-group:${members[0] ?? name}`),
      names: members,
    })),
  ];
}
