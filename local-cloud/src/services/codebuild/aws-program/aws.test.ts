import { CodeartifactClient, CreateDomainCommand, CreateRepositoryCommand } from '@aws-sdk/client-codeartifact';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCodeArtifact } from '../../codeartifact/codeartifact-service.ts';
import { ACCOUNT, BUILD_RIGHTS, BuildBench } from '../test-bench.ts';

let bench: BuildBench;
let serviceRole: string;

beforeAll(async () => {
  bench = await BuildBench.start({ more: [createCodeArtifact] });
  const codeartifact = new CodeartifactClient(bench.cloud.client);
  await codeartifact.send(new CreateDomainCommand({ domain: 'enstratus' }));
  await codeartifact.send(new CreateRepositoryCommand({ domain: 'enstratus', repository: 'shared' }));
  const ssm = new SSMClient(bench.cloud.client);
  await ssm.send(new PutParameterCommand({ Name: '/shared/name', Value: 'a value', Type: 'String' }));
  serviceRole = await bench.role('packages', { ...BUILD_RIGHTS, 'codeartifact:*': '*', 'sts:GetServiceBearerToken': '*' });
});
afterAll(() => bench.stop());

const build = async (name: string, ...commands: string[]) => {
  const ended = await bench.run(name, { build: { commands } }, { serviceRole });
  return { ...ended, output: await bench.output(ended) };
};

const LOGIN = `aws codeartifact login --tool npm --domain enstratus --domain-owner ${ACCOUNT} --repository shared`;

it('logs npm in to a repository for a namespace: what one build publishes another one installs', { timeout: 60_000 }, async () => {
  const published = await build(
    'publishes',
    `${LOGIN} --namespace @enstratus --duration-seconds 900`,
    'npm config get @enstratus:registry',
    `echo '{ "name": "@enstratus/thing", "version": "1.2.3", "main": "thing.js" }' >package.json; echo 'module.exports = 42' >thing.js`,
    'npm publish --loglevel error',
  );
  expect(published.buildStatus, published.output.join('\n')).toBe('SUCCEEDED');
  const [configured, expires, registry, ...rest] = published.output;
  expect(configured).toBe(`Successfully configured npm to use AWS CodeArtifact repository ${registry} `);
  expect(expires).toMatch(/^Login expires at \d{4}-\d\d-\d\dT/);
  expect(rest).toContain('+ @enstratus/thing@1.2.3');
  const installed = await build(
    'installs',
    `${LOGIN} --namespace enstratus`,
    'npm install --loglevel error @enstratus/thing@1.2.3',
    'node -p "require(\'@enstratus/thing\')"',
  );
  expect(installed.output.at(-1)).toBe('42');
});

it('logs npm in to a repository for all packages', async () => {
  const { output } = await build(
    'all-packages',
    'aws --region us-east-2 codeartifact login --tool=npm --domain=enstratus --repository=shared',
    'npm config get registry',
  );
  expect(output[0]).toBe(`Successfully configured npm to use AWS CodeArtifact repository ${output.at(-1)} `);
});

it('tells what the role may not', async () => {
  const ended = await bench.run('denied', { build: { commands: [LOGIN] } });
  expect((await bench.output(ended)).join('\n')).toContain('codeartifact:GetAuthorizationToken');
  expect(ended.phases?.[6]?.contexts?.[0]?.message).toContain('exit status 254');
});

it('prints a token and a parameter alone', async () => {
  const { output } = await build(
    'prints',
    'TOKEN=$(aws codeartifact get-authorization-token --domain enstratus --query authorizationToken --output text); echo "$TOKEN" | wc -l',
    'VALUE=$(aws ssm get-parameter --name /shared/name --with-decryption --query Parameter.Value --output text); echo "<$VALUE>"',
  );
  expect(output).toEqual([expect.stringMatching(/^\s*1$/), '<a value>']);
});

it('fails loudly for everything else, by its name', async () => {
  const wrong: readonly (readonly [command: string, code: number, complaint: string])[] = [
    ['aws s3 ls', 252, 'aws s3 ls is not carried out by the aws of the local cloud'],
    ['aws codeartifact login --tool pip --domain enstratus --repository r', 252, 'only --tool npm is carried out'],
    ['aws codeartifact login --tool npm --domain d', 252, 'needs --repository'],
    [
      'aws codeartifact login --tool npm --domain enstratus --repository r --dry-run yes',
      252,
      '--dry-run of aws codeartifact login is not carried out',
    ],
    ['aws codeartifact login --tool npm --domain enstratus --repository r --domain', 252, '--domain is given twice'],
    ['aws ssm get-parameter --name /shared/name', 252, 'only --query Parameter.Value is carried out'],
    ['aws ssm get-parameter --name /not/there --query Parameter.Value --output text', 254, 'An error occurred (ParameterNotFound)'],
    ['aws', 252, 'usage: aws <service> <operation>'],
  ];
  const { output } = await build('fails', ...wrong.map(([command]) => `if ${command}; then echo fine; else echo "ended with $?"; fi`));
  const told = output.join('\n').split(/^ended with (?=\d)/m);
  for (const [at, [command, code, complaint]] of wrong.entries()) {
    expect(told[at], command).toContain(complaint);
    expect(told[at + 1], command).toMatch(new RegExp(`^${code}\\b`));
  }
});
