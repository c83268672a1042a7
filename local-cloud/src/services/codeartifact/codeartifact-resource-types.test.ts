import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CodeartifactClient,
  DescribeDomainCommand,
  DescribeRepositoryCommand,
  GetDomainPermissionsPolicyCommand,
  GetRepositoryPermissionsPolicyCommand,
} from '@aws-sdk/client-codeartifact';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from '../cloudformation/cloudformation-service.ts';
import { createCodeArtifact } from './codeartifact-service.ts';

let test: TestCloud;
let stacks: CloudFormationClient;
let codeartifact: CodeartifactClient;
beforeAll(async () => {
  test = await startTestCloud([createCodeArtifact, createCloudFormation]);
  stacks = new CloudFormationClient(test.client);
  codeartifact = new CodeartifactClient(test.client);
});
afterAll(async () => {
  stacks.destroy();
  codeartifact.destroy();
  await test.stop();
});

function template(more: { domain?: object; repository?: object } = {}): string {
  const value = (resource: string, name: string) => ({ Value: { 'Fn::GetAtt': [resource, name] } });
  return JSON.stringify({
    Resources: {
      Domain: { Type: 'AWS::CodeArtifact::Domain', Properties: { DomainName: 'enstratus', ...more.domain } },
      Repository: {
        Type: 'AWS::CodeArtifact::Repository',
        Properties: { RepositoryName: 'packages', DomainName: { 'Fn::GetAtt': ['Domain', 'Name'] }, ...more.repository },
      },
    },
    Outputs: { Repository: { Value: { Ref: 'Repository' } }, Owner: value('Domain', 'Owner'), Name: value('Repository', 'Name') },
  });
}

async function settled(): Promise<Record<string, string>> {
  const stack = async () => (await stacks.send(new DescribeStacksCommand({ StackName: 'packages' }))).Stacks?.[0];
  await expect.poll(async () => (await stack())?.StackStatus, { timeout: 5000 }).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
  return Object.fromEntries(((await stack())?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']));
}

it('a domain and a repository are made, changed and deleted with their policies', async () => {
  const policy = (Action: string) => ({
    PermissionsPolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: '444455556666' }, Action, Resource: '*' }],
    },
  });
  const first = template({
    domain: policy('codeartifact:GetAuthorizationToken'),
    repository: { ...policy('codeartifact:ReadFromRepository'), Description: 'Ours' },
  });
  await stacks.send(new CreateStackCommand({ StackName: 'packages', TemplateBody: first }));
  expect(await settled()).toEqual({
    Repository: `arn:aws:codeartifact:${REGION}:${ACCOUNT}:repository/enstratus/packages`,
    Owner: ACCOUNT,
    Name: 'packages',
  });
  const inRepository = { domain: 'enstratus', repository: 'packages' };
  const domainPolicy = async () =>
    (await codeartifact.send(new GetDomainPermissionsPolicyCommand({ domain: 'enstratus' }))).policy?.document;
  const repositoryPolicy = async () => (await codeartifact.send(new GetRepositoryPermissionsPolicyCommand(inRepository))).policy?.document;
  expect(await domainPolicy()).toContain('GetAuthorizationToken');
  expect(await repositoryPolicy()).toContain('ReadFromRepository');

  await stacks.send(new UpdateStackCommand({ StackName: 'packages', TemplateBody: template({ domain: policy('codeartifact:*') }) }));
  await settled();
  expect(await domainPolicy()).toContain('codeartifact:*');
  await expect(repositoryPolicy()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect((await codeartifact.send(new DescribeRepositoryCommand(inRepository))).repository?.description).toBeUndefined();

  await stacks.send(new DeleteStackCommand({ StackName: 'packages' }));
  const domain = () => codeartifact.send(new DescribeDomainCommand({ domain: 'enstratus' }));
  await expect
    .poll(
      () =>
        domain().then(
          () => 'there',
          (error: Error) => error.name,
        ),
      { timeout: 5000 },
    )
    .toBe('ResourceNotFoundException');
});

it.each(['Upstreams', 'ExternalConnections'])('%s are refused by name, before anything is made', async (property) => {
  const TemplateBody = template({ repository: { [property]: ['x'] } });
  await expect(stacks.send(new CreateStackCommand({ StackName: property, TemplateBody }))).rejects.toMatchObject({
    name: 'NotCarriedOut',
    message: expect.stringContaining(property),
  });
});
