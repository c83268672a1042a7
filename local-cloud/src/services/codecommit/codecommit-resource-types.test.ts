import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CodeCommitClient, GetRepositoryCommand, ListTagsForResourceCommand } from '@aws-sdk/client-codecommit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from '../cloudformation/cloudformation-service.ts';
import { createCodeCommit } from './codecommit-service.ts';

let test: TestCloud;
let stacks: CloudFormationClient;
let codecommit: CodeCommitClient;
beforeAll(async () => {
  test = await startTestCloud([createCodeCommit, createCloudFormation]);
  stacks = new CloudFormationClient(test.client);
  codecommit = new CodeCommitClient(test.client);
});
afterAll(async () => {
  stacks.destroy();
  codecommit.destroy();
  await test.stop();
});

function template(Properties: object): string {
  const attribute = (name: string) => ({ Value: { 'Fn::GetAtt': ['Repository', name] } });
  return JSON.stringify({
    Resources: { Repository: { Type: 'AWS::CodeCommit::Repository', Properties } },
    Outputs: {
      Id: { Value: { Ref: 'Repository' } },
      Arn: attribute('Arn'),
      Name: attribute('Name'),
      CloneUrlHttp: attribute('CloneUrlHttp'),
    },
  });
}

async function settled(StackName: string, status: RegExp): Promise<Record<string, string>> {
  const stack = async () => (await stacks.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  await expect.poll(async () => (await stack())?.StackStatus, { timeout: 5000 }).toMatch(status);
  return Object.fromEntries(((await stack())?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']));
}

it('AWS::CodeCommit::Repository is made, renamed in place and deleted', async () => {
  const StackName = 'repositories';
  const Tags = [{ Key: 'team', Value: 'ingest' }];
  await stacks.send(
    new CreateStackCommand({ StackName, TemplateBody: template({ RepositoryName: 'ingest-repo', RepositoryDescription: 'Ingest', Tags }) }),
  );
  const made = await settled(StackName, /^CREATE_COMPLETE$/);
  const arn = `arn:aws:codecommit:${REGION}:${ACCOUNT}`;
  expect(made).toMatchObject({ Arn: `${arn}:ingest-repo`, Name: 'ingest-repo', CloneUrlHttp: `${test.endpoint}/v1/repos/ingest-repo` });
  const get = async (repositoryName: string) => (await codecommit.send(new GetRepositoryCommand({ repositoryName }))).repositoryMetadata;
  expect(await get('ingest-repo')).toMatchObject({ repositoryId: made['Id'], repositoryDescription: 'Ingest' });
  expect((await codecommit.send(new ListTagsForResourceCommand({ resourceArn: `${arn}:ingest-repo` }))).tags).toMatchObject({
    team: 'ingest',
  });

  await stacks.send(new UpdateStackCommand({ StackName, TemplateBody: template({ RepositoryName: 'intake-repo' }) }));
  expect(await settled(StackName, /^UPDATE_COMPLETE$/)).toMatchObject({ Id: made['Id'], Name: 'intake-repo' });
  expect((await get('intake-repo'))?.repositoryDescription).toBeUndefined();
  expect((await codecommit.send(new ListTagsForResourceCommand({ resourceArn: `${arn}:intake-repo` }))).tags).not.toHaveProperty('team');

  await stacks.send(new DeleteStackCommand({ StackName }));
  await expect
    .poll(
      () =>
        get('intake-repo').then(
          () => 'there',
          (error: Error) => error.name,
        ),
      { timeout: 5000 },
    )
    .toBe('RepositoryDoesNotExistException');
});

it.each(['Code', 'Triggers'])('%s is refused by name, before anything is made', async (property) => {
  const TemplateBody = template({ RepositoryName: 'x', [property]: [] });
  await expect(stacks.send(new CreateStackCommand({ StackName: property, TemplateBody }))).rejects.toMatchObject({
    name: 'NotCarriedOut',
    message: expect.stringContaining(property),
  });
});
