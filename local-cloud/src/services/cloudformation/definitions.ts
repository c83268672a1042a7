import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { CallContext, Caller } from '../../kernel/service.ts';
import { handedTemplate } from './handed-templates.ts';
import { type GivenParameter, isSsm, parameterValues } from './parameters.ts';
import type { StackDefinition, StackRecord, Tag } from './stack-store.ts';
import { readTemplate, type Template } from './template.ts';
import { validationError } from './validation-error.ts';

/** CloudFormation User Guide, "Understand CloudFormation quotas": template body in a request, and in S3. */
const MAX_BODY_BYTES = 51_200;
const MAX_TEMPLATE_BYTES = 1_048_576;

export interface DefinitionInput {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
  readonly Parameters?:
    | readonly { ParameterKey: string; ParameterValue?: string | undefined; UsePreviousValue?: boolean | undefined }[]
    | undefined;
  readonly Capabilities?: readonly string[] | undefined;
  readonly Tags?: readonly Tag[] | undefined;
  readonly NotificationARNs?: readonly string[] | undefined;
  readonly DeploymentConfig?: { readonly Mode?: string | undefined } | undefined;
}

/**
 * What a request wants a stack to be: fetches the template, finds its parameters' values (SSM types by `role`'s rights)
 * and checks the capabilities. `stack` is the existing one. Tags that aren't given stay.
 */
export async function definitionOf(
  input: DefinitionInput,
  context: CallContext,
  role: Caller,
  stack: StackRecord | undefined,
): Promise<StackDefinition> {
  if ((input.NotificationARNs ?? []).length > 0)
    throw new NotCarriedOut('the member "NotificationARNs" of cloudformation: stack events are not published');
  checkMode(input.DeploymentConfig?.Mode);
  const templateText = await templateTextOf(input, context, stack);
  const template = readTemplate(templateText);
  const capabilities = input.Capabilities ?? [];
  checkCapabilities(template, capabilities);
  const given: GivenParameter[] = (input.Parameters ?? []).map(
    ({ ParameterKey: key, ParameterValue: value, UsePreviousValue: usePrevious }) => ({
      key,
      value,
      usePrevious,
    }),
  );
  const parameters = await parameterValues(template.parameters, given, stack?.parameters ?? {}, (names) => fetchSsm(names, context, role));
  return {
    templateText,
    ...(template.description === undefined ? {} : { description: template.description }),
    parameters,
    tags: input.Tags ?? stack?.tags ?? [],
    capabilities,
    outputs: stack?.outputs ?? [],
    imports: stack?.imports ?? [],
  };
}

export function checkMode(mode: string | undefined): void {
  if (mode !== undefined && mode !== 'STANDARD') throw new NotCarriedOut(`the deployment mode ${mode} of cloudformation`);
}

/** The text of the template that a request names. */
export async function templateTextOf(
  input: { TemplateBody?: string | undefined; TemplateURL?: string | undefined; UsePreviousTemplate?: boolean | undefined },
  context: CallContext,
  stack?: StackRecord,
): Promise<string> {
  if (input.TemplateBody !== undefined) {
    if (Buffer.byteLength(input.TemplateBody) > MAX_BODY_BYTES) {
      throw validationError(
        "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200",
      );
    }
    return input.TemplateBody;
  }
  if (input.TemplateURL !== undefined) return fetchTemplate(input.TemplateURL, context);
  if (input.UsePreviousTemplate === true && stack !== undefined) return stack.templateText;
  throw validationError('Either Template URL or Template Body must be specified.');
}

async function fetchTemplate(url: string, context: CallContext): Promise<string> {
  const body = handedTemplate(context.cloud, url) ?? (await fetchFromS3(url, context));
  if (Buffer.byteLength(body) > MAX_TEMPLATE_BYTES) throw validationError(`Template may not exceed ${MAX_TEMPLATE_BYTES} bytes in size.`);
  return body;
}

async function fetchFromS3(url: string, context: CallContext): Promise<string> {
  const place = s3Object(url);
  if (place === undefined) throw validationError('TemplateURL must be a supported URL.');
  try {
    const object = await context.cloud.call<{ Body?: unknown }>('s3', 'GetObject', place, context);
    return await textOf(object.Body);
  } catch (error) {
    if (error instanceof AwsError) throw validationError(`S3 error: ${error.message}`);
    throw error;
  }
}

/** Bucket and key in any of S3's URL styles, and in the path style of this local cloud. */
function s3Object(text: string): { Bucket: string; Key: string } | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const path = decodeURIComponent(url.pathname.slice(1));
  const virtual = /^(.+)\.s3[.-][a-z0-9-]*\.?amazonaws\.com$/.exec(url.hostname)?.[1];
  if (virtual !== undefined) return { Bucket: virtual, Key: path };
  const slash = path.indexOf('/');
  return slash <= 0 || slash === path.length - 1 ? undefined : { Bucket: path.slice(0, slash), Key: path.slice(slash + 1) };
}

async function textOf(body: unknown): Promise<string> {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function fetchSsm(names: readonly string[], context: CallContext, role: Caller): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  const missing: string[] = [];
  // GetParameters takes ten names (Systems Manager API Reference, "GetParameters").
  for (let start = 0; start < names.length; start += 10) {
    const answer = await getParameters(names.slice(start, start + 10), context, role);
    for (const { Name, Value, Type } of answer.Parameters ?? []) {
      if (Type === 'SecureString') {
        throw validationError(`Parameters [${Name}] referenced by template have types not supported by CloudFormation.`);
      }
      values[Name] = Value;
    }
    missing.push(...(answer.InvalidParameters ?? []));
  }
  if (missing.length > 0) throw validationError(`Unable to fetch parameters [${missing.join(',')}] from parameter store for this account.`);
  return values;
}

interface SsmAnswer {
  readonly Parameters?: readonly { Name: string; Value: string; Type: string }[];
  readonly InvalidParameters?: readonly string[];
}

async function getParameters(names: readonly string[], context: CallContext, role: Caller): Promise<SsmAnswer> {
  try {
    return await context.cloud.call<SsmAnswer>('ssm', 'GetParameters', { Names: names }, role);
  } catch (error) {
    if (error instanceof AwsError && error.httpStatus === 403) {
      throw validationError(`AccessDenied. User doesn't have permission to call ssm:GetParameters (${error.message})`);
    }
    throw error;
  }
}

/** Types whose creation must be acknowledged, and the property that gives them a name (API Reference, "CreateStack", Capabilities). */
const IAM_TYPES: Readonly<Record<string, string>> = {
  'AWS::IAM::AccessKey': '',
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': '',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::UserToGroupAddition': '',
};

/** The capabilities that a template needs. */
export function requiredCapabilities(template: Template): string[] {
  const iam = Object.values(template.resources).filter(({ type }) => Object.hasOwn(IAM_TYPES, type));
  if (iam.length === 0) return [];
  const isNamed = iam.some(({ type, properties }) => Object.hasOwn(properties, IAM_TYPES[type] ?? ''));
  return [isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'];
}

function checkCapabilities(template: Template, given: readonly string[]): void {
  const needed = requiredCapabilities(template);
  const has = (capability: string) =>
    given.includes(capability) || (capability === 'CAPABILITY_IAM' && given.includes('CAPABILITY_NAMED_IAM'));
  if (!needed.every(has)) throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${needed.join(', ')}]`);
}

/** Members of the API's Parameter; values of NoEcho parameters are masked. */
export function describeParameters(definition: StackDefinition): unknown[] {
  const template = readTemplate(definition.templateText);
  return Object.entries(definition.parameters).map(([key, { given, resolved }]) => {
    const declaration = template.parameters[key];
    const isMasked = declaration?.noEcho === true;
    return {
      ParameterKey: key,
      ParameterValue: isMasked ? '****' : given,
      ...(declaration !== undefined && isSsm(declaration) ? { ResolvedValue: isMasked ? '****' : resolved } : {}),
    };
  });
}
