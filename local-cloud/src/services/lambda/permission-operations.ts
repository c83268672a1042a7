import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { PolicyStatement } from '../../kernel/policy-document.ts';
import { type Operation, operation } from '../../kernel/service.ts';
import type { QualifierSettings } from './function-record.ts';
import { type Functions, settingsOf } from './functions.ts';

const addInput = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.string().optional(),
  StatementId: z.string().regex(/^[a-zA-Z0-9-_]{1,100}$/),
  Action: z.string().regex(/^lambda:[*a-zA-Z]+$|^\*$/),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
  FunctionUrlAuthType: z.enum(['NONE', 'AWS_IAM']).optional(),
  InvokedViaFunctionUrl: z.boolean().optional(),
  RevisionId: z.string().optional(),
});

/** The policy of a function, a version or an alias, each its own (Lambda API Reference, "AddPermission", "RemovePermission", "GetPolicy"). */
export function permissionOperations(functions: Functions): Record<string, Operation<never, unknown>> {
  return {
    AddPermission: operation({
      input: addInput,
      authorize: (input, context) => [
        functions.authorization('AddPermission', input.FunctionName, context, { qualifier: input.Qualifier }),
      ],
      run: (input, context) => {
        const located = functions.locate(input.FunctionName, context, input.Qualifier);
        const { arn, qualifier } = located;
        const { policy } = settingsOf(located);
        if (qualifier === '$LATEST') {
          throw new AwsError('InvalidParameterValueException', 'We currently do not support adding policies for $LATEST.');
        }
        checkRevision(policy, input.RevisionId);
        const statements = policy?.statements ?? [];
        if (statements.some(({ Sid }) => Sid === input.StatementId)) {
          throw new AwsError(
            'ResourceConflictException',
            `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
            409,
            { Type: 'User' },
          );
        }
        const statement = statementOf(input, arn);
        const size_bytes = JSON.stringify([...statements, statement].map(shownStatement)).length;
        // "Lambda quotas": resource-based policy 20 KB.
        if (size_bytes > 20_480) {
          throw new AwsError('PolicyLengthExceededException', 'The final policy size is bigger than the limit (20480).', 400, {
            Type: 'User',
          });
        }
        functions.keep(located, { policy: { revisionId: randomUUID(), statements: [...statements, statement] } });
        return { Statement: JSON.stringify(shownStatement(statement)) };
      },
    }),

    RemovePermission: operation({
      input: z.strictObject({
        FunctionName: z.string(),
        Qualifier: z.string().optional(),
        StatementId: z.string(),
        RevisionId: z.string().optional(),
      }),
      authorize: (input, context) => [
        functions.authorization('RemovePermission', input.FunctionName, context, { qualifier: input.Qualifier }),
      ],
      run: (input, context) => {
        const located = functions.locate(input.FunctionName, context, input.Qualifier);
        const { policy } = settingsOf(located);
        checkRevision(policy, input.RevisionId);
        const before = policy?.statements ?? [];
        const statements = before.filter(({ Sid }) => Sid !== input.StatementId);
        if (statements.length === before.length) {
          throw new AwsError('ResourceNotFoundException', `Statement ${input.StatementId} is not found in resource policy.`, 404, {
            Type: 'User',
          });
        }
        functions.keep(located, { policy: statements.length === 0 ? undefined : { revisionId: randomUUID(), statements } });
      },
    }),

    GetPolicy: operation({
      input: z.strictObject({ FunctionName: z.string(), Qualifier: z.string().optional() }),
      authorize: (input, context) => [functions.authorization('GetPolicy', input.FunctionName, context, { qualifier: input.Qualifier })],
      run: (input, context) => {
        const { policy } = settingsOf(functions.locate(input.FunctionName, context, input.Qualifier));
        if (policy === undefined) {
          throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', 404, { Type: 'User' });
        }
        const Policy = JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: policy.statements.map(shownStatement) });
        return { Policy, RevisionId: policy.revisionId };
      },
    }),
  };
}

function statementOf(input: z.output<typeof addInput>, arn: string): PolicyStatement {
  const condition: Record<string, Record<string, string[]>> = {};
  const add = (operator: string, key: string, value: string | undefined) => {
    if (value !== undefined) condition[operator] = { ...condition[operator], [key]: [value] };
  };
  add('StringEquals', 'AWS:SourceAccount', input.SourceAccount);
  add('StringEquals', 'lambda:FunctionUrlAuthType', input.FunctionUrlAuthType);
  add('ArnLike', 'AWS:SourceArn', input.SourceArn);
  add('Bool', 'lambda:InvokedViaFunctionUrl', input.InvokedViaFunctionUrl?.toString());
  return {
    Sid: input.StatementId,
    Effect: 'Allow',
    Principal: principalOf(input.Principal),
    Action: [input.Action],
    Resource: [arn],
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
}

function principalOf(principal: string): Record<string, string[]> {
  if (principal === '*') return { AWS: ['*'] };
  if (/^\d{12}$/.test(principal)) return { AWS: [`arn:aws:iam::${principal}:root`] };
  if (principal.startsWith('arn:')) return { AWS: [principal] };
  if (/^[a-z0-9.-]+\.amazonaws\.com$/.test(principal)) return { Service: [principal] };
  throw new AwsError('InvalidParameterValueException', 'The provided principal was invalid. Please check the principal and try again.');
}

/** Single values without a list, and `*` for everybody, as GetPolicy answers. */
function shownStatement(statement: PolicyStatement): Record<string, unknown> {
  const single = (values: readonly string[] | undefined) => (values?.length === 1 ? values[0] : values);
  const everybody = statement.Principal?.['AWS']?.[0] === '*';
  return {
    Sid: statement.Sid,
    Effect: statement.Effect,
    Principal: everybody
      ? '*'
      : Object.fromEntries(Object.entries(statement.Principal ?? {}).map(([kind, values]) => [kind, single(values)])),
    Action: single(statement.Action),
    Resource: single(statement.Resource),
    ...(statement.Condition === undefined
      ? {}
      : {
          Condition: Object.fromEntries(
            Object.entries(statement.Condition).map(([operator, keys]) => [
              operator,
              Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, single(values)])),
            ]),
          ),
        }),
  };
}

function checkRevision(policy: QualifierSettings['policy'], revisionId: string | undefined): void {
  if (revisionId === undefined || revisionId === policy?.revisionId) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The RevisionId provided does not match the latest RevisionId. Call the GetPolicy API to retrieve the latest RevisionId for your resource.',
    412,
    { Type: 'User' },
  );
}
