import type { PolicyStatement } from '../../kernel/policy-document.ts';
import type { Scope } from '../../kernel/service.ts';
import { iamStore } from '../../services/iam/iam-store.ts';
import type { Look } from '../api/route.ts';

/** A function as it is deployed. */
export interface DeployedFunction {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly role: string;
  readonly log_group: string;
  readonly url: string | undefined;
  readonly configuration: FunctionConfiguration;
}

export interface FunctionConfiguration {
  readonly FunctionName: string;
  readonly FunctionArn: string;
  readonly Runtime: string;
  readonly Role: string;
  readonly Description?: string;
  readonly CodeSize: number;
  readonly Timeout: number;
  readonly MemorySize: number;
  readonly LastModified: string;
  readonly LoggingConfig?: { LogGroup?: string };
  readonly Environment?: { Variables?: Readonly<Record<string, string>> };
}

/** Every function of the account and region, with its URL. */
export async function deployedFunctions(look: Look): Promise<DeployedFunction[]> {
  const configurations: FunctionConfiguration[] = [];
  let Marker: string | undefined;
  do {
    const page = await look.call<{ Functions: FunctionConfiguration[]; NextMarker?: string | null }>('lambda', 'ListFunctions', { Marker });
    configurations.push(...page.Functions);
    Marker = page.NextMarker ?? undefined;
  } while (Marker !== undefined);
  return Promise.all(
    configurations.map(async (configuration) => {
      const { FunctionName, FunctionArn, Role, Description = '', LoggingConfig } = configuration;
      const { FunctionUrlConfigs } = await look.call<{ FunctionUrlConfigs: { FunctionUrl: string }[] }>(
        'lambda',
        'ListFunctionUrlConfigs',
        {
          FunctionName,
        },
      );
      return {
        name: FunctionName,
        arn: FunctionArn,
        description: Description,
        role: Role,
        log_group: LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`,
        url: FunctionUrlConfigs[0]?.FunctionUrl,
        configuration,
      };
    }),
  );
}

/** The function's ARN in one that may name an alias or a version of it. */
export function functionArnOf(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}

export interface Version {
  readonly Version: string;
  readonly LastModified: string;
  readonly MemorySize: number;
  readonly CodeSha256: string;
}

export interface Alias {
  readonly Name: string;
  readonly FunctionVersion: string;
  readonly RoutingConfig?: { readonly AdditionalVersionWeights?: Readonly<Record<string, number>> };
}

/** A function's published versions, newest first, and its aliases. */
export async function versionsOf(look: Look, FunctionName: string): Promise<{ versions: Version[]; aliases: readonly Alias[] }> {
  const versions: Version[] = [];
  let Marker: string | undefined;
  do {
    const page = await look.call<{ Versions: Version[]; NextMarker?: string }>('lambda', 'ListVersionsByFunction', {
      FunctionName,
      Marker,
    });
    versions.push(...page.Versions.filter(({ Version }) => Version !== '$LATEST'));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  const { Aliases } = await look.call<{ Aliases: Alias[] }>('lambda', 'ListAliases', { FunctionName });
  return { versions: versions.toReversed(), aliases: Aliases };
}

export interface Mapping {
  readonly EventSourceArn: string;
  readonly FunctionArn: string;
  readonly State: string;
}

export async function eventSources(look: Look): Promise<readonly Mapping[]> {
  return (await look.call<{ EventSourceMappings: Mapping[] }>('lambda', 'ListEventSourceMappings')).EventSourceMappings;
}

export interface Api {
  readonly apiId: string;
  readonly name: string;
  readonly arn: string;
  readonly authenticationType: string;
  readonly userPoolConfig?: { userPoolId: string };
  readonly additionalAuthenticationProviders?: readonly { authenticationType: string; userPoolConfig?: { userPoolId: string } }[];
  readonly dataSources: readonly { name: string; type: string; serviceRoleArn?: string; lambdaConfig?: { lambdaFunctionArn: string } }[];
}

export async function graphqlApis(look: Look): Promise<Api[]> {
  const { graphqlApis } = await look.call<{ graphqlApis: Omit<Api, 'dataSources'>[] }>('appsync', 'ListGraphqlApis');
  return Promise.all(
    graphqlApis.map(async (api) => ({
      ...api,
      ...(await look.call<Pick<Api, 'dataSources'>>('appsync', 'ListDataSources', { apiId: api.apiId })),
    })),
  );
}

export interface Pool {
  readonly Id: string;
  readonly Name: string;
  /** Triggers by name: ARNs, or what holds one. */
  readonly LambdaConfig?: Readonly<Record<string, unknown>>;
}

export async function userPools(look: Look): Promise<Pool[]> {
  const { UserPools } = await look.call<{ UserPools: { Id: string }[] }>('cognito-idp', 'ListUserPools', { MaxResults: 60 });
  return Promise.all(
    UserPools.map(async ({ Id }) => (await look.call<{ UserPool: Pool }>('cognito-idp', 'DescribeUserPool', { UserPoolId: Id })).UserPool),
  );
}

export interface Grant {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** What a role's policies say, inline and attached. */
export function grantsOf(look: Look, roleArn: string): Grant[] {
  const { roles, policies } = iamStore(look.cloud, look.caller.account);
  const role = roles.get(roleArn.slice(roleArn.lastIndexOf('/') + 1));
  if (role === undefined) return [];
  const documents = [
    ...Object.values(role.inline),
    ...role.attached.flatMap((arn) => {
      const policy = policies.get(arn);
      const document = policy?.versions[policy.defaultVersion];
      return document === undefined ? [] : [document];
    }),
  ];
  const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)]);
  return documents.flatMap(({ Statement }) =>
    ([Statement].flat() as PolicyStatement[]).map((statement) => ({
      effect: statement.Effect,
      actions: list(statement.Action),
      resources: list(statement.Resource),
    })),
  );
}

export const scopeKey = ({ account, region }: Scope): string => `${account}/${region}`;
