import type { InvocationStore } from '../invocations/invocation-store.ts';
import { withoutSecrets } from '../invocations/without-secrets.ts';
import {
  type DeployedFunction,
  deployedFunctions,
  eventSources,
  functionArnOf,
  grantsOf,
  graphqlApis,
  userPools,
  versionsOf,
} from '../picture/deployed.ts';
import type { FunctionDetail, FunctionList, FunctionSummary } from '../shapes/functions.ts';
import { notFound } from './api-error.ts';
import { type Look, route } from './route.ts';

/** So many of a function's latest invocations are summed up. */
const SUMMED = 500;

/** Functions with what calls them and how their latest invocations went; of one also what it is given and may do. */
export function functionRoutes(invocations: InvocationStore) {
  return [
    route({
      pattern: '/functions',
      handle: async (look): Promise<FunctionList> => {
        const [functions, callers] = await Promise.all([deployedFunctions(look), callersOf(look)]);
        return { functions: functions.map((one) => summary(one, callers, invocations)) };
      },
    }),
    route({
      pattern: '/functions/:name',
      handle: async (look, { params }): Promise<FunctionDetail> => {
        const [functions, callers] = await Promise.all([deployedFunctions(look), callersOf(look)]);
        const one = functions.find(({ name }) => name === params['name']);
        if (one === undefined) throw notFound(`The function ${params['name']}`);
        const { versions, aliases } = await versionsOf(look, one.name);
        const variables = one.configuration.Environment?.Variables ?? {};
        return {
          ...summary(one, callers, invocations),
          environment: Object.entries(JSON.parse(withoutSecrets(JSON.stringify(variables))) as Record<string, string>).map(
            ([name, value]) => ({ name, value }),
          ),
          versions: versions.map(({ Version, LastModified, MemorySize, CodeSha256 }) => ({
            version: Version,
            published_at: new Date(LastModified).toISOString(),
            memory_mb: MemorySize,
            code_sha256: CodeSha256,
          })),
          aliases: aliases.map(({ Name, FunctionVersion, RoutingConfig }) => {
            const others = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {}).map(([version, share]) => ({ version, share }));
            const rest = others.reduce((left, { share }) => left - share, 1);
            return { name: Name, shares: [{ version: FunctionVersion, share: rest }, ...others] };
          }),
          grants: grantsOf(look, one.role).map(({ effect, actions, resources }) => ({
            effect,
            actions: [...actions],
            resources: [...resources],
          })),
        };
      },
    }),
  ];
}

type Callers = ReadonlyMap<string, { kind: string; name: string }[]>;

/** By the function's ARN, whichever alias of it they call: queues, APIs and user pools that call it. */
async function callersOf(look: Look): Promise<Callers> {
  const has = (service: string) => look.cloud.service(service) !== undefined;
  const [mappings, apis, pools] = await Promise.all([
    eventSources(look),
    has('appsync') ? graphqlApis(look) : [],
    has('cognito-idp') ? userPools(look) : [],
  ]);
  const callers = new Map<string, { kind: string; name: string }[]>();
  const add = (arn: string | undefined, kind: string, name: string) => {
    if (arn === undefined) return;
    const key = functionArnOf(arn);
    callers.set(key, [...(callers.get(key) ?? []), { kind, name }]);
  };
  for (const { FunctionArn, EventSourceArn, State } of mappings)
    add(FunctionArn, State === 'Enabled' ? 'queue' : 'queue (off)', EventSourceArn.slice(EventSourceArn.lastIndexOf(':') + 1));
  for (const { name, dataSources } of apis) for (const { lambdaConfig } of dataSources) add(lambdaConfig?.lambdaFunctionArn, 'api', name);
  for (const { Name, LambdaConfig = {} } of pools)
    for (const [trigger, arn] of Object.entries(LambdaConfig)) if (typeof arn === 'string') add(arn, 'pool', `${Name} (${trigger})`);
  return callers;
}

function summary(one: DeployedFunction, callers: Callers, invocations: InvocationStore): FunctionSummary {
  const { name, arn, description, role, log_group, url, configuration } = one;
  const latest = invocations.find({ function: name, limit: SUMMED });
  const durations = latest.map(({ duration_ms }) => duration_ms).toSorted((a, b) => a - b);
  const percentile = (share: number) => durations[Math.min(durations.length - 1, Math.floor(durations.length * share))] ?? null;
  const stack = /^([A-Za-z][A-Za-z0-9]*)-/.exec(name)?.[1];
  return {
    name,
    arn,
    description,
    runtime: configuration.Runtime,
    memory_mb: configuration.MemorySize,
    timeout_s: configuration.Timeout,
    code_bytes: configuration.CodeSize,
    modified_at: new Date(configuration.LastModified).toISOString(),
    log_group,
    role: role.slice(role.lastIndexOf('/') + 1),
    ...(stack === undefined ? {} : { stack }),
    called_by: [...(url === undefined ? [] : [{ kind: 'url', name: url }]), ...(callers.get(arn) ?? [])],
    latest: {
      invocations: latest.length,
      errors: latest.filter(({ error_type }) => error_type !== undefined).length,
      cold_starts: latest.filter(({ cold_start }) => cold_start).length,
      p50_ms: percentile(0.5),
      p95_ms: percentile(0.95),
      ...(latest[0] === undefined ? {} : { last_at: latest[0].started_at }),
    },
  };
}
