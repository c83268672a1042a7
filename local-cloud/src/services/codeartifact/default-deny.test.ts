import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_WITHOUT_POLICIES } from '../../testing/role-without-policies.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCodeArtifact } from './codeartifact-service.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startTestCloud([createCodeArtifact]);
});
afterAll(() => test.stop());

const domain = 'enstratus';
const inRepository = { domain, repository: 'packages' };
const ofPackage = { ...inRepository, format: 'npm', package: 'p' };
const resourceArn = `arn:aws:codeartifact:${REGION}:${ACCOUNT}:domain/enstratus`;
const policyDocument = '{"Statement":[]}';
/** An input of each operation. */
const INPUTS: Record<string, object> = {
  CreateDomain: { domain },
  CreateRepository: inRepository,
  DeleteDomain: { domain },
  DeleteDomainPermissionsPolicy: { domain },
  DeletePackageVersions: { ...ofPackage, versions: ['1.0.0'] },
  DeleteRepository: inRepository,
  DeleteRepositoryPermissionsPolicy: inRepository,
  DescribeDomain: { domain },
  DescribePackageVersion: { ...ofPackage, packageVersion: '1.0.0' },
  DescribeRepository: inRepository,
  GetAuthorizationToken: { domain },
  GetDomainPermissionsPolicy: { domain },
  GetRepositoryEndpoint: { ...inRepository, format: 'npm' },
  GetRepositoryPermissionsPolicy: inRepository,
  ListDomains: {},
  ListPackageVersions: ofPackage,
  ListPackages: inRepository,
  ListRepositoriesInDomain: { domain },
  ListTagsForResource: { resourceArn },
  PutDomainPermissionsPolicy: { domain, policyDocument },
  PutRepositoryPermissionsPolicy: { ...inRepository, policyDocument },
  TagResource: { resourceArn, tags: [] },
  UntagResource: { resourceArn, tagKeys: [] },
  UpdateRepository: inRepository,
};

describe('a role without policies', () => {
  it.each(Object.entries(INPUTS))('may not %s', async (operation, input) => {
    await expect(test.cloud.call('codeartifact', operation, input, test.caller(ROLE_WITHOUT_POLICIES))).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`not authorized to perform: codeartifact:${operation} on`),
    });
  });

  it('is asked about by every operation', () => {
    expect(Object.keys(test.cloud.service('codeartifact')?.operations ?? {}).sort()).toEqual(Object.keys(INPUTS));
  });
});
