import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ToolError } from '../../tools/running-system.ts';
import { type EventKind, type OptionValues, textOption } from '../event-kind.ts';
import { placeholders } from '../placeholders.ts';

/** By the function that stands behind it. */
const typeOf = {
  'ingest/keep-secret': 'Custom::WebhookSecret',
  'dashboard/deploy-site': 'Custom::Site',
  'docs/deploy-docs': 'Custom::Site',
} as const;
const functions = Object.keys(typeOf);

const contentShape = z.object({ RequestType: z.string(), ResourceProperties: z.record(z.string(), z.unknown()) });

/** CloudFormation asks for a custom resource (CloudFormation User Guide, "Custom resource request objects"). */
export const customResource: EventKind = {
  name: 'custom-resource',
  sentence: 'CloudFormation’s request to make, change or delete a custom resource',
  functions,
  sources: Object.entries(typeOf).map(([name, type]) => `${type} by ${name}`),
  options: {
    for: { type: 'string', value: '<function>', choices: functions, default: 'ingest/keep-secret', sentence: 'whose resource' },
    request: {
      type: 'string',
      value: '<request>',
      choices: ['Create', 'Update', 'Delete'],
      default: 'Update',
      sentence: 'what is asked. Delete is carried out: the webhook’s secret is gone then, or a site’s files',
    },
  },
  edits: 'RequestType and ResourceProperties: --set ResourceProperties.ParameterName=/mine',
  content: async (options, where) => {
    const { properties } = await where.customResource(functionOf(options));
    return { RequestType: textOption(options, 'request') ?? 'Update', ResourceProperties: properties };
  },
  event: async (content, options, where) => {
    const parsed = contentShape.safeParse(content);
    if (!parsed.success) throw new ToolError(`A custom resource's request: ${z.prettifyError(parsed.error)}`);
    const { RequestType, ResourceProperties } = parsed.data;
    const { type, stack_id, logical_id, physical_id, service_token, properties } = await where.customResource(functionOf(options));
    return {
      RequestType,
      ServiceToken: service_token,
      ResponseURL: placeholders.responseUrl,
      StackId: stack_id,
      RequestId: randomUUID(),
      LogicalResourceId: logical_id,
      ...(RequestType === 'Create' ? {} : { PhysicalResourceId: physical_id }),
      ResourceType: type,
      ResourceProperties: { ServiceToken: service_token, ...ResourceProperties },
      ...(RequestType === 'Update' ? { OldResourceProperties: { ServiceToken: service_token, ...properties } } : {}),
    };
  },
  shape: z.looseObject({ RequestType: z.string(), ResponseURL: z.string(), LogicalResourceId: z.string(), ResourceType: z.string() }),
};

function functionOf(options: OptionValues): string {
  return textOption(options, 'for') ?? functions[0] ?? '';
}
