import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { type DomainInput, domainArn, onDomain, storeOf } from './artifact-arns.ts';
import { type ArtifactStore, artifactsOf, type Domain, notFound, type Policy } from './artifact-store.ts';
import { domain, inDomain, page, paging, policyText, tagRecord, tags } from './inputs.ts';

/** Domains and the tokens for them (CodeArtifact API Reference). */
export function domainOperations(cloud: Cloud): Record<string, Operation<never, unknown>> {
  const on = (action: string) => (input: DomainInput, context: CallContext) => [onDomain(cloud, action, input, context)];
  const located = (input: DomainInput, context: CallContext): { store: ArtifactStore; found: Domain } => {
    const store = storeOf(cloud, input, context);
    return { store, found: store.domain(input.domain) };
  };

  return {
    CreateDomain: operation({
      input: z.strictObject({ domain, tags: tags.optional() }),
      authorize: (input, context) => [
        ...on('CreateDomain')(input, context),
        ...(input.tags === undefined ? [] : on('TagResource')(input, context)),
      ],
      run: (input, context) => {
        const store = artifactsOf(cloud, context);
        if (store.domains.get(input.domain) !== undefined)
          throw new AwsError('ConflictException', `Domain '${input.domain}' already exists.`, 409, {
            resourceId: input.domain,
            resourceType: 'domain',
          });
        const made: Domain = { name: input.domain, created_ms: cloud.clock(), tags: tagRecord(input.tags) };
        store.domains.put(made.name, made);
        return { domain: described(store, made) };
      },
    }),

    DescribeDomain: operation({
      input: z.strictObject(inDomain),
      authorize: on('DescribeDomain'),
      run: (input, context) => {
        const { store, found } = located(input, context);
        return { domain: described(store, found) };
      },
    }),

    ListDomains: operation({
      input: z.strictObject(paging),
      authorize: () => [{ action: 'codeartifact:ListDomains', resource: '*' }],
      run: (input, context) => {
        const store = artifactsOf(cloud, context);
        const { items, nextToken } = page(store.domains.list(), input);
        return { domains: items.map((one) => summary(store, one)), nextToken };
      },
    }),

    DeleteDomain: operation({
      input: z.strictObject(inDomain),
      authorize: on('DeleteDomain'),
      run: (input, context) => {
        const store = storeOf(cloud, input, context);
        const found = store.domains.get(input.domain);
        // One that isn't there is no error, and has no description.
        if (found === undefined) return {};
        if (store.repositories(found.name).length > 0)
          throw new AwsError('ConflictException', `Domain '${found.name}' still has repositories.`, 409, {
            resourceId: found.name,
            resourceType: 'domain',
          });
        store.domains.delete(found.name);
        return { domain: { ...described(store, found), status: 'Deleted' } };
      },
    }),

    PutDomainPermissionsPolicy: operation({
      input: z.strictObject({ ...inDomain, policyRevision: z.string().optional(), policyDocument: policyText }),
      authorize: on('PutDomainPermissionsPolicy'),
      run: (input, context) => {
        const { store, found } = located(input, context);
        const policy = newPolicy(found.policy, input);
        store.domains.put(found.name, { ...found, policy });
        return { policy: shownPolicy(policy, domainArn(found.name, store.scope)) };
      },
    }),

    GetDomainPermissionsPolicy: operation({
      input: z.strictObject(inDomain),
      authorize: on('GetDomainPermissionsPolicy'),
      run: (input, context) => {
        const { store, found } = located(input, context);
        return { policy: shownPolicy(found.policy, domainArn(found.name, store.scope)) };
      },
    }),

    DeleteDomainPermissionsPolicy: operation({
      input: z.strictObject({ ...inDomain, policyRevision: z.string().optional() }),
      authorize: on('DeleteDomainPermissionsPolicy'),
      run: (input, context) => {
        const { store, found } = located(input, context);
        const policy = shownPolicy(found.policy, domainArn(found.name, store.scope));
        checkRevision(found.policy, input.policyRevision);
        store.domains.put(found.name, { ...found, policy: undefined });
        return { policy };
      },
    }),

    GetAuthorizationToken: operation({
      input: z.strictObject({
        ...inDomain,
        durationSeconds: z
          .number()
          .int()
          .refine((seconds) => seconds === 0 || (seconds >= 900 && seconds <= 43_200), 'must be 0, or from 900 to 43200')
          .default(43_200),
      }),
      // A token is also one of STS's (CodeArtifact User Guide, "AWS CodeArtifact authentication and tokens"): a right of the caller's own.
      authorize: (input, context) => [
        ...on('GetAuthorizationToken')(input, context),
        {
          action: 'sts:GetServiceBearerToken',
          resource: '*',
          conditions: { 'sts:AWSServiceName': 'codeartifact.amazonaws.com', 'sts:DurationSeconds': String(input.durationSeconds) },
          resourceAccount: context.account,
        },
      ],
      run: (input, context) => {
        const { store, found } = located(input, context);
        const expires_ms = cloud.clock() + (input.durationSeconds === 0 ? 43_200 : input.durationSeconds) * 1000;
        return { authorizationToken: store.openToken(found.name, context.principal, expires_ms), expiration: new Date(expires_ms) };
      },
    }),
  };
}

/** Throws ConflictException when the policy isn't the one that the caller has seen. */
export function checkRevision(policy: Policy | undefined, expected: string | undefined): void {
  if (expected !== undefined && expected !== policy?.revision)
    throw new AwsError('ConflictException', 'The policy is of another revision.', 409, { resourceId: 'policy', resourceType: 'policy' });
}

export function newPolicy(
  before: Policy | undefined,
  { policyRevision, policyDocument }: { policyRevision?: string | undefined; policyDocument: Pick<Policy, 'text' | 'document'> },
): Policy {
  checkRevision(before, policyRevision);
  return { revision: randomBytes(16).toString('base64'), ...policyDocument };
}

/** Throws ResourceNotFoundException where there is no policy. */
export function shownPolicy(policy: Policy | undefined, resourceArn: string) {
  if (policy === undefined) throw notFound(`There is no policy on ${resourceArn}.`);
  return { resourceArn, revision: policy.revision, document: policy.text };
}

function summary({ scope }: ArtifactStore, { name, created_ms }: Domain) {
  return { name, owner: scope.account, arn: domainArn(name, scope), status: 'Active', createdTime: new Date(created_ms) };
}

function described(store: ArtifactStore, found: Domain) {
  return {
    ...summary(store, found),
    repositoryCount: store.repositories(found.name).length,
    assetSizeBytes: store.packages.stored(found.name).bytes,
  };
}
