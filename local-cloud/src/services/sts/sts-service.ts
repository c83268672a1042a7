import { z } from 'zod';
import { AccessDenied, AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { operation, type Service } from '../../kernel/service.ts';
import { conditionKeys } from '../iam/authorizer.ts';
import { evaluateResourcePolicy } from '../iam/evaluate-policy.ts';
import { findRole, openSession } from '../iam/role-sessions.ts';

const getCallerIdentity = operation({
  input: z.strictObject({}),
  // STS asks no permission for this, even an explicit deny doesn't count (STS API Reference, "GetCallerIdentity").
  authorize: () => [],
  run: (_, { principal }) => ({ UserId: principal.userId, Account: principal.account, Arn: principal.arn }),
});

const assumeRole = operation({
  input: z.strictObject({
    RoleArn: z.string(),
    RoleSessionName: z.string().regex(/^[\w+=,.@-]{2,64}$/, 'must be 2 to 64 of letters, digits and +=,.@-_'),
    DurationSeconds: z.coerce.number().min(900).max(43_200).default(3600),
    ExternalId: z.string().optional(),
  }),
  // The trust policy must allow in any case; who is trusted only as an account needs a policy of its own as well
  // (IAM User Guide, "Policy evaluation logic"). Both are judged in `run`.
  authorize: () => [],
  run(input, context) {
    const { cloud, principal } = context;
    const role = findRole(cloud, input.RoleArn);
    const wanted = {
      action: 'sts:AssumeRole',
      resource: input.RoleArn,
      conditions: {
        'sts:RoleSessionName': input.RoleSessionName,
        ...(input.ExternalId === undefined ? {} : { 'sts:ExternalId': input.ExternalId }),
        // CDK Pipelines' self-mutation may assume whatever role carries a tag of the bootstrap.
        ...Object.fromEntries(Object.entries(role?.Tags ?? {}).map(([key, value]) => [`iam:ResourceTag/${key}`, value])),
      },
    };
    const trust =
      role === undefined
        ? undefined
        : evaluateResourcePolicy(role.AssumeRolePolicyDocument, { ...wanted, keys: conditionKeys(cloud, context, wanted) }, principal);
    const trusted = trust?.denied === undefined ? (trust?.allowed ?? trust?.delegated) : undefined;
    if (role === undefined || trusted === undefined) {
      throw new AccessDenied(
        principal.arn,
        'sts:AssumeRole',
        input.RoleArn,
        'no trust policy of the role allows the sts:AssumeRole action',
      );
    }
    const otherAccount = role.Arn.split(':')[4] !== principal.account;
    if (otherAccount || trust?.allowed === undefined) {
      // Judged as the caller's own right, in its own account.
      cloud.authorizer.authorize(context, { ...wanted, resourceAccount: principal.account });
    }
    if (input.DurationSeconds > role.MaxSessionDuration) {
      throw new AwsError('ValidationException', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
    }
    const session = openSession(cloud, role, input.RoleSessionName, input.DurationSeconds);
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: session.sessionToken,
        Expiration: session.expiration,
      },
      AssumedRoleUser: { AssumedRoleId: session.principal.userId, Arn: session.principal.arn },
    };
  },
});

/** STS: who am I, and temporary credentials of a role. */
export function createSts(_: Cloud): Service {
  return {
    name: 'sts',
    protocol: { kind: 'query', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
    operations: { GetCallerIdentity: getCallerIdentity, AssumeRole: assumeRole },
  };
}
