import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type Operation, operation, type Scope } from '../../kernel/service.ts';
import { checkPlatform, name, platform } from './application-operations.ts';
import { configArn } from './arns.ts';
import type { StoreOf } from './codedeploy-store.ts';
import { findRouting } from './find.ts';
import { pageOf } from './pages.ts';
import { PREDEFINED_CONFIGS, type TrafficRouting } from './predefined-configs.ts';

const percentage = z.int().min(1).max(99);
/** CodeDeploy User Guide, "CodeDeploy limits": at most two days between the first and the last shift. */
const interval = z.int().min(1).max(2880);
const trafficRoutingConfig = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('AllAtOnce') }),
  z.strictObject({
    type: z.literal('TimeBasedCanary'),
    timeBasedCanary: z.strictObject({ canaryPercentage: percentage, canaryInterval: interval }),
  }),
  z.strictObject({
    type: z.literal('TimeBasedLinear'),
    timeBasedLinear: z.strictObject({ linearPercentage: percentage, linearInterval: interval }),
  }),
]);

/** Deployment configurations: the predefined ones of Lambda, and own ones. */
export function configOperations(cloud: Cloud, storeOf: StoreOf): Record<string, Operation<never, unknown>> {
  const named = z.strictObject({ deploymentConfigName: name });
  const allow = (action: string) => (input: { deploymentConfigName: string }, context: Scope) => [
    { action: `codedeploy:${action}`, resource: configArn(context, input.deploymentConfigName) },
  ];
  return {
    CreateDeploymentConfig: operation({
      input: z.strictObject({
        deploymentConfigName: name,
        computePlatform: platform.default('Server'),
        trafficRoutingConfig: trafficRoutingConfig.optional(),
      }),
      authorize: allow('CreateDeploymentConfig'),
      run: (input, context) => {
        checkPlatform(input.computePlatform);
        const { deploymentConfigName, trafficRoutingConfig: routing } = input;
        const store = storeOf(context);
        if (deploymentConfigName.startsWith('CodeDeployDefault.') || store.configs.get(deploymentConfigName) !== undefined) {
          throw new AwsError('DeploymentConfigAlreadyExistsException', `Deployment Configuration already exists: ${deploymentConfigName}`);
        }
        if (routing === undefined)
          throw new AwsError('InvalidTrafficRoutingConfigurationException', 'A traffic routing configuration is required.');
        const id = randomUUID();
        store.configs.put(deploymentConfigName, { id, name: deploymentConfigName, created_ms: cloud.clock(), routing: routingOf(routing) });
        return { deploymentConfigId: id };
      },
    }),

    GetDeploymentConfig: operation({
      input: named,
      authorize: allow('GetDeploymentConfig'),
      run: (input, context) => {
        const store = storeOf(context);
        const routing = findRouting(store, input.deploymentConfigName);
        const own = store.configs.get(input.deploymentConfigName);
        return {
          deploymentConfigInfo: {
            ...(own === undefined ? {} : { deploymentConfigId: own.id, createTime: new Date(own.created_ms) }),
            deploymentConfigName: input.deploymentConfigName,
            computePlatform: 'Lambda',
            trafficRoutingConfig: describeRouting(routing),
          },
        };
      },
    }),

    ListDeploymentConfigs: operation({
      input: z.strictObject({ nextToken: z.string().optional() }),
      authorize: (_input, context) => allow('ListDeploymentConfigs')({ deploymentConfigName: '*' }, context),
      run: (input, context) => {
        const own = storeOf(context)
          .configs.list()
          .map((config) => config.name);
        const { page, ...rest } = pageOf([...PREDEFINED_CONFIGS.keys(), ...own], input.nextToken);
        return { deploymentConfigsList: page, ...rest };
      },
    }),

    DeleteDeploymentConfig: operation({
      input: named,
      authorize: allow('DeleteDeploymentConfig'),
      run: (input, context) => {
        const store = storeOf(context);
        const { deploymentConfigName } = input;
        if (PREDEFINED_CONFIGS.has(deploymentConfigName)) {
          throw new AwsError('InvalidOperationException', `Cannot delete the predefined Deployment Configuration ${deploymentConfigName}`);
        }
        if (store.groups.list().some(({ configName }) => configName === deploymentConfigName)) {
          throw new AwsError('DeploymentConfigInUseException', `The Deployment Configuration is in use: ${deploymentConfigName}`);
        }
        store.configs.delete(deploymentConfigName);
      },
    }),
  };
}

function routingOf(config: z.output<typeof trafficRoutingConfig>): TrafficRouting {
  if (config.type === 'AllAtOnce') return { type: 'AllAtOnce' };
  if (config.type === 'TimeBasedCanary') {
    const { canaryPercentage, canaryInterval } = config.timeBasedCanary;
    return { type: config.type, percentage: canaryPercentage, interval_minutes: canaryInterval };
  }
  const { linearPercentage, linearInterval } = config.timeBasedLinear;
  return { type: config.type, percentage: linearPercentage, interval_minutes: linearInterval };
}

function describeRouting(routing: TrafficRouting): Record<string, unknown> {
  if (routing.type === 'AllAtOnce') return { type: routing.type };
  const { type, percentage: percent, interval_minutes } = routing;
  return type === 'TimeBasedCanary'
    ? { type, timeBasedCanary: { canaryPercentage: percent, canaryInterval: interval_minutes } }
    : { type, timeBasedLinear: { linearPercentage: percent, linearInterval: interval_minutes } };
}
