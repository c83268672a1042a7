import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type Operation, operation } from '../../kernel/service.ts';
import { passRole } from '../iam/pass-role.ts';
import { type CodeSource, installCode } from './code-package.ts';
import { checkEnvironment } from './environment-variables.ts';
import { checkExecutionRole } from './execution-role.ts';
import {
  describeFunction,
  type FunctionConfiguration,
  type FunctionRecord,
  functionArn,
  type LoggingConfig,
  lambdaTime,
  parseFunctionName,
} from './function-record.ts';
import type { Functions } from './functions.ts';
import { textsByName } from './texts-by-name.ts';
import { deleteVersion, publishVersion } from './version-operations.ts';

const RUNTIME = 'nodejs24.x';
const bytes = z.union([z.string(), z.instanceof(Uint8Array)]);
const tags = textsByName({ name: 128, text: 256 });

/** Members that CreateFunction and UpdateFunctionConfiguration share, with the limits of the API Reference. */
const configurationMembers = {
  Role: z.string().regex(/^arn:aws:iam::\d{12}:role\/[a-zA-Z_0-9+=,.@\-_/]+$/, 'Member must be the ARN of a role'),
  Handler: z.string().max(128).regex(/^\S+$/),
  Runtime: z.string(),
  Description: z.string().max(256),
  Timeout: z.int().min(1).max(900),
  MemorySize: z.int().min(128).max(10_240),
  Environment: z.strictObject({ Variables: textsByName().optional() }),
  DeadLetterConfig: z.strictObject({
    TargetArn: z
      .string()
      .regex(/^(arn:aws:(sqs|sns):[a-z0-9-]+:\d{12}:\S+)?$/)
      .optional(),
  }),
  TracingConfig: z.strictObject({ Mode: z.enum(['Active', 'PassThrough']).optional() }),
  EphemeralStorage: z.strictObject({ Size: z.int().min(512).max(10_240) }),
  LoggingConfig: z.strictObject({
    LogFormat: z.enum(['JSON', 'Text']).optional(),
    ApplicationLogLevel: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']).optional(),
    SystemLogLevel: z.enum(['DEBUG', 'INFO', 'WARN']).optional(),
    LogGroup: z.string().min(1).max(512).optional(),
  }),
};
const configuration = z.strictObject(configurationMembers).partial().shape;
const architectures = z.array(z.enum(['x86_64', 'arm64'])).length(1);
const codeMembers = { S3Bucket: z.string().optional(), S3Key: z.string().optional(), ZipFile: bytes.optional() };

const createInput = z.strictObject({
  ...configuration,
  FunctionName: z.string(),
  Role: configurationMembers.Role,
  Code: z.strictObject(codeMembers),
  Architectures: architectures.default(['x86_64']),
  PackageType: z.literal('Zip').default('Zip'),
  Publish: z.boolean().default(false),
  Tags: tags.default({}),
});
const updateInput = z.strictObject({ ...configuration, FunctionName: z.string(), RevisionId: z.string().optional() });
type ConfigurationInput = Omit<z.output<typeof updateInput>, 'FunctionName' | 'RevisionId'>;

const named = z.strictObject({ FunctionName: z.string(), Qualifier: z.string().optional() });

/** Creating, changing, showing and deleting functions. */
export function functionOperations(
  functions: Functions,
  hooks: { changed(record: FunctionRecord): void; deleted(record: FunctionRecord): void; versionDeleted(record: FunctionRecord): void },
): Record<string, Operation<never, unknown>> {
  const { cloud } = functions;
  return {
    CreateFunction: operation({
      input: createInput,
      authorize: (input, context) => [
        functions.authorization('CreateFunction', input.FunctionName, context),
        passRole(input.Role, 'lambda.amazonaws.com'),
        ...(Object.keys(input.Tags).length > 0 ? [functions.authorization('TagResource', input.FunctionName, context)] : []),
      ],
      run: async (input, context) => {
        const { name } = parseFunctionName(input.FunctionName, context);
        const store = functions.in(context);
        const refuseExisting = () => {
          if (store.find(name) !== undefined)
            throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, 409, { Type: 'User' });
        };
        refuseExisting();
        if (input.Runtime === undefined || input.Handler === undefined) {
          throw new AwsError(
            'InvalidParameterValueException',
            'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
          );
        }
        const arn = functionArn(context, name);
        const settings = configure(
          {
            role: input.Role,
            handler: input.Handler,
            runtime: input.Runtime,
            description: '',
            timeout_s: 3,
            memory_mb: 128,
            environment: {},
            architectures: input.Architectures,
            ephemeralStorage_mb: 512,
            tracing: 'PassThrough',
            logging: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` },
          },
          input,
        );
        check(cloud, arn, settings);
        const code = await installCode(input.Code, store.codeDirectory, context);
        refuseExisting();
        const record: FunctionRecord = {
          name,
          arn,
          configuration: settings,
          code,
          lastModified: lambdaTime(cloud.clock()),
          revisionId: randomUUID(),
          tags: input.Tags,
        };
        store.put(record);
        return describeFunction(input.Publish ? publishVersion(store, record, cloud.clock()) : record);
      },
    }),

    UpdateFunctionCode: operation({
      input: z.strictObject({
        FunctionName: z.string(),
        ...codeMembers,
        Architectures: architectures.optional(),
        RevisionId: z.string().optional(),
        Publish: z.boolean().default(false),
        DryRun: z.literal(false).optional(),
      }),
      authorize: (input, context) => [functions.authorization('UpdateFunctionCode', input.FunctionName, context)],
      run: async (input, context) => {
        const { store, record } = functions.locate(input.FunctionName, context);
        checkRevision(record, input.RevisionId);
        const source: CodeSource = { S3Bucket: input.S3Bucket, S3Key: input.S3Key, ZipFile: input.ZipFile };
        const code = await installCode(source, store.codeDirectory, context);
        const latest = store.get(record.name);
        const changed = store.revise({
          ...latest,
          code,
          configuration: { ...latest.configuration, architectures: input.Architectures ?? latest.configuration.architectures },
        });
        hooks.changed(changed);
        return describeFunction(input.Publish ? publishVersion(store, changed, cloud.clock()) : changed);
      },
    }),

    UpdateFunctionConfiguration: operation({
      input: updateInput,
      authorize: (input, context) => [
        functions.authorization('UpdateFunctionConfiguration', input.FunctionName, context),
        ...(input.Role === undefined ? [] : [passRole(input.Role, 'lambda.amazonaws.com')]),
      ],
      run: (input, context) => {
        const { store, record } = functions.locate(input.FunctionName, context);
        checkRevision(record, input.RevisionId);
        const settings = configure(record.configuration, input);
        check(cloud, record.arn, settings);
        const changed = store.revise({ ...record, configuration: settings });
        hooks.changed(changed);
        return describeFunction(changed);
      },
    }),

    GetFunction: operation({
      input: named,
      authorize: (input, context) => [functions.authorization('GetFunction', input.FunctionName, context, { qualifier: input.Qualifier })],
      run: (input, context) => {
        const { record, version, arn } = functions.locate(input.FunctionName, context, input.Qualifier);
        return {
          Configuration: describeFunction(version, arn),
          Code: { RepositoryType: 'S3' },
          ...(Object.keys(record.tags).length > 0 ? { Tags: record.tags } : {}),
          ...(record.reservedConcurrency === undefined
            ? {}
            : { Concurrency: { ReservedConcurrentExecutions: record.reservedConcurrency } }),
        };
      },
    }),

    GetFunctionConfiguration: operation({
      input: named,
      authorize: (input, context) => [
        functions.authorization('GetFunctionConfiguration', input.FunctionName, context, { qualifier: input.Qualifier }),
      ],
      run: (input, context) => {
        const { version, arn } = functions.locate(input.FunctionName, context, input.Qualifier);
        return describeFunction(version, arn);
      },
    }),

    ListFunctions: operation({
      input: z.strictObject({ Marker: z.string().optional(), MaxItems: z.int().min(1).max(10_000).default(50) }),
      authorize: () => [{ action: 'lambda:ListFunctions', resource: '*' }],
      run: (input, context) => {
        const { Marker, MaxItems } = input;
        const rest = functions
          .in(context)
          .list()
          .filter((record) => Marker === undefined || record.name > Marker);
        const page = rest.slice(0, Math.min(MaxItems, 50));
        return {
          Functions: page.map((record) => describeFunction(record)),
          ...(rest.length > page.length ? { NextMarker: page.at(-1)?.name } : {}),
        };
      },
    }),

    DeleteFunction: operation({
      input: named,
      authorize: (input, context) => [
        functions.authorization('DeleteFunction', input.FunctionName, context, { qualifier: input.Qualifier }),
      ],
      run: (input, context) => {
        const located = functions.locate(input.FunctionName, context, input.Qualifier);
        if (located.qualifier === undefined) {
          hooks.deleted(located.record);
          located.store.delete(located.record.name);
        } else hooks.versionDeleted(deleteVersion(located));
      },
    }),
  };
}

function configure(before: FunctionConfiguration, input: ConfigurationInput): FunctionConfiguration {
  return {
    ...before,
    role: input.Role ?? before.role,
    handler: input.Handler ?? before.handler,
    runtime: input.Runtime ?? before.runtime,
    description: input.Description ?? before.description,
    timeout_s: input.Timeout ?? before.timeout_s,
    memory_mb: input.MemorySize ?? before.memory_mb,
    environment: input.Environment === undefined ? before.environment : (input.Environment.Variables ?? {}),
    ephemeralStorage_mb: input.EphemeralStorage?.Size ?? before.ephemeralStorage_mb,
    tracing: input.TracingConfig?.Mode ?? before.tracing,
    deadLetterTargetArn: input.DeadLetterConfig === undefined ? before.deadLetterTargetArn : input.DeadLetterConfig.TargetArn || undefined,
    logging: input.LoggingConfig === undefined ? before.logging : logging(before.logging, input.LoggingConfig),
  };
}

function logging(before: LoggingConfig, input: z.output<typeof configurationMembers.LoggingConfig>): LoggingConfig {
  const LogFormat = input.LogFormat ?? before.LogFormat;
  const LogGroup = input.LogGroup ?? before.LogGroup;
  if (LogFormat === 'Text') {
    if (input.ApplicationLogLevel !== undefined || input.SystemLogLevel !== undefined) {
      throw new AwsError(
        'InvalidParameterValueException',
        'ApplicationLogLevel and SystemLogLevel can only be set when LogFormat is JSON.',
      );
    }
    return { LogFormat, LogGroup };
  }
  return {
    LogFormat,
    ApplicationLogLevel: input.ApplicationLogLevel ?? before.ApplicationLogLevel ?? 'INFO',
    SystemLogLevel: input.SystemLogLevel ?? before.SystemLogLevel ?? 'INFO',
    LogGroup,
  };
}

function check(cloud: Cloud, arn: string, settings: FunctionConfiguration): void {
  if (settings.runtime !== RUNTIME) throw new NotCarriedOut(`the Lambda runtime "${settings.runtime}" (only ${RUNTIME})`);
  checkEnvironment(settings.environment);
  checkExecutionRole(cloud, arn, settings.role);
}

function checkRevision(record: FunctionRecord, revisionId: string | undefined): void {
  if (revisionId === undefined || revisionId === record.revisionId) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    412,
    { Type: 'User' },
  );
}
