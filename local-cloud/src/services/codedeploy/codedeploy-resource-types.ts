import { z } from 'zod';
import { cfnBoolean, cfnNumber, cfnTags, type ResourceContext, type ResourceType, resourceType } from '../../kernel/resource-type.ts';

const applicationProperties = z.strictObject({
  ApplicationName: z.string().optional(),
  ComputePlatform: z.string().optional(),
  Tags: cfnTags.optional(),
});

/** AWS::CodeDeploy::Application (CloudFormation Template Reference): Ref is its name. */
const applicationType = resourceType({
  type: 'AWS::CodeDeploy::Application',
  properties: applicationProperties,
  create: async ({ ApplicationName, ComputePlatform, Tags }, context) => {
    const applicationName = ApplicationName ?? context.uniqueName({ maxLength: 100 });
    await context.call('codedeploy', 'CreateApplication', {
      applicationName,
      ...(ComputePlatform === undefined ? {} : { computePlatform: ComputePlatform }),
      tags: tagsOf(Tags, context),
    });
    return { physicalId: applicationName, attributes: {} };
  },
  delete: async (applicationName, _properties, context) => {
    await context.call('codedeploy', 'DeleteApplication', { applicationName });
  },
});

const groupProperties = z.strictObject({
  AlarmConfiguration: z
    .strictObject({
      Alarms: z.array(z.strictObject({ Name: z.string() })).optional(),
      Enabled: cfnBoolean.optional(),
      IgnorePollAlarmFailure: cfnBoolean.optional(),
    })
    .optional(),
  ApplicationName: z.string(),
  AutoRollbackConfiguration: z.strictObject({ Enabled: cfnBoolean.optional(), Events: z.array(z.string()).optional() }).optional(),
  DeploymentConfigName: z.string().optional(),
  DeploymentGroupName: z.string().optional(),
  DeploymentStyle: z.strictObject({ DeploymentOption: z.string().optional(), DeploymentType: z.string().optional() }).optional(),
  ServiceRoleArn: z.string(),
  Tags: cfnTags.optional(),
});
type GroupProperties = z.output<typeof groupProperties>;

/** AWS::CodeDeploy::DeploymentGroup: Ref is its name. */
const groupType = resourceType({
  type: 'AWS::CodeDeploy::DeploymentGroup',
  properties: groupProperties,
  replaceOn: ['ApplicationName', 'DeploymentGroupName', 'Tags'],
  create: async (properties, context) => {
    const deploymentGroupName = properties.DeploymentGroupName ?? context.uniqueName({ maxLength: 100 });
    await context.call('codedeploy', 'CreateDeploymentGroup', {
      applicationName: properties.ApplicationName,
      deploymentGroupName,
      ...settingsOf(properties),
      tags: tagsOf(properties.Tags, context),
    });
    return { physicalId: deploymentGroupName, attributes: {} };
  },
  update: async (physicalId, properties, _previous, context) => {
    await context.call('codedeploy', 'UpdateDeploymentGroup', {
      applicationName: properties.ApplicationName,
      currentDeploymentGroupName: physicalId,
      ...CLEARED,
      ...settingsOf(properties),
    });
    return { physicalId, attributes: {} };
  },
  delete: async (deploymentGroupName, { ApplicationName: applicationName }, context) => {
    await context.call('codedeploy', 'DeleteDeploymentGroup', { applicationName, deploymentGroupName });
  },
});

/** What a template no longer says. */
const CLEARED = {
  alarmConfiguration: { enabled: false, alarms: [] },
  autoRollbackConfiguration: { enabled: false, events: [] },
  deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
};

function settingsOf({ ApplicationName, DeploymentGroupName, Tags, ...settings }: GroupProperties): Record<string, unknown> {
  return camelCase(settings) as Record<string, unknown>;
}

const whole = cfnNumber.pipe(z.int());
const configProperties = z.strictObject({
  ComputePlatform: z.string().optional(),
  DeploymentConfigName: z.string().optional(),
  TrafficRoutingConfig: z
    .strictObject({
      TimeBasedCanary: z.strictObject({ CanaryInterval: whole, CanaryPercentage: whole }).optional(),
      TimeBasedLinear: z.strictObject({ LinearInterval: whole, LinearPercentage: whole }).optional(),
      Type: z.string(),
    })
    .optional(),
});

/** AWS::CodeDeploy::DeploymentConfig: Ref is its name. */
const configType = resourceType({
  type: 'AWS::CodeDeploy::DeploymentConfig',
  properties: configProperties,
  create: async ({ DeploymentConfigName, ...rest }, context) => {
    const deploymentConfigName = DeploymentConfigName ?? context.uniqueName({ maxLength: 100 });
    await context.call('codedeploy', 'CreateDeploymentConfig', { deploymentConfigName, ...(camelCase(rest) as object) });
    return { physicalId: deploymentConfigName, attributes: {} };
  },
  delete: async (deploymentConfigName, _properties, context) => {
    await context.call('codedeploy', 'DeleteDeploymentConfig', { deploymentConfigName });
  },
});

function tagsOf(tags: z.output<typeof cfnTags> = [], { stackTags }: ResourceContext): { Key: string; Value: string }[] {
  const all = { ...stackTags, ...Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) };
  return Object.entries(all).map(([Key, Value]) => ({ Key, Value }));
}

/** CloudFormation writes the API's members with a capital letter. */
function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key.charAt(0).toLowerCase() + key.slice(1), camelCase(member)]),
  );
}

export const codeDeployResourceTypes: readonly ResourceType[] = [applicationType, groupType, configType];
