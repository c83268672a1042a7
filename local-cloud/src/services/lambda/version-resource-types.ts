import { z } from 'zod';
import { cfnNumber, type ResourceState, resourceType, unlessCode } from '../../kernel/resource-type.ts';
import { shiftAlias, stopShifting } from './alias-deployment.ts';

const unlessGone = unlessCode('ResourceNotFoundException');

/** A version as the API shows it. */
interface Version {
  readonly Version: string;
  readonly FunctionArn: string;
}

/**
 * AWS::Lambda::Version (CloudFormation Template Reference): Ref and FunctionArn are the ARN with the number. Every change makes a new one. Where
 * nothing has changed since the last one was published there is none to make, which CloudFormation refuses in these words, as users report.
 */
export const versionType = resourceType({
  type: 'AWS::Lambda::Version',
  properties: z.strictObject({ CodeSha256: z.string().optional(), Description: z.string().optional(), FunctionName: z.string() }),
  create: async (properties, context) => {
    const known = new Set<string>();
    let Marker: string | undefined;
    do {
      const page = await context.call<{ Versions: Version[]; NextMarker?: string }>('lambda', 'ListVersionsByFunction', {
        FunctionName: properties.FunctionName,
        Marker,
      });
      for (const one of page.Versions) known.add(one.Version);
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    const { Version, FunctionArn } = await context.call<Version>('lambda', 'PublishVersion', properties);
    if (known.has(Version))
      throw new Error(`A version for this Lambda function exists ( ${Version} ). Modify the function to create a new version.`);
    return { physicalId: FunctionArn, attributes: { FunctionArn, Version } };
  },
  delete: (physicalId, _properties, context) => unlessGone(context.call('lambda', 'DeleteFunction', { FunctionName: physicalId })),
});

const aliasProperties = z.strictObject({
  Description: z.string().optional(),
  FunctionName: z.string(),
  FunctionVersion: z.string(),
  Name: z.string(),
  RoutingConfig: z
    .strictObject({
      AdditionalVersionWeights: z.array(z.strictObject({ FunctionVersion: z.string(), FunctionWeight: cfnNumber })).optional(),
    })
    .optional(),
});
type AliasProperties = z.output<typeof aliasProperties>;

/**
 * AWS::Lambda::Alias: Ref and AliasArn are its ARN. With an UpdatePolicy another version is reached by a deployment of CodeDeploy; a rollback goes back
 * at once (whether AWS's rollback, too, makes a deployment couldn't be checked).
 */
export const aliasType = resourceType({
  type: 'AWS::Lambda::Alias',
  properties: aliasProperties,
  replaceOn: ['FunctionName', 'Name'],
  create: async (properties, context) =>
    aliasState(await context.call<{ AliasArn: string }>('lambda', 'CreateAlias', { ...properties, RoutingConfig: routingOf(properties) })),
  update: async (physicalId, properties, previous, context) => {
    const { aliasUpdate } = context;
    if (aliasUpdate?.isRollback === true) await stopShifting(aliasUpdate, context);
    const isShifted = aliasUpdate?.isRollback === false && properties.FunctionVersion !== previous.FunctionVersion;
    if (isShifted)
      await shiftAlias(aliasUpdate, { aliasArn: physicalId, from: previous.FunctionVersion, to: properties.FunctionVersion }, context);
    return aliasState(
      await context.call<{ AliasArn: string }>('lambda', 'UpdateAlias', {
        FunctionName: properties.FunctionName,
        Name: properties.Name,
        FunctionVersion: properties.FunctionVersion,
        Description: properties.Description ?? '',
        RoutingConfig: routingOf(properties),
      }),
    );
  },
  delete: (_physicalId, { FunctionName, Name }, context) => unlessGone(context.call('lambda', 'DeleteAlias', { FunctionName, Name })),
});

function routingOf({ RoutingConfig }: AliasProperties): Record<string, unknown> {
  const weights = (RoutingConfig?.AdditionalVersionWeights ?? []).map(({ FunctionVersion, FunctionWeight }) => [
    FunctionVersion,
    FunctionWeight,
  ]);
  return { AdditionalVersionWeights: Object.fromEntries(weights) };
}

function aliasState({ AliasArn }: { AliasArn: string }): ResourceState {
  return { physicalId: AliasArn, attributes: { AliasArn } };
}
