import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { AwsError } from '../../../kernel/aws-error.ts';
import type { Cloud } from '../../../kernel/cloud.ts';
import { failJson } from '../../../kernel/json-protocol.ts';
import { operation, type Service } from '../../../kernel/service.ts';
import { BuildBench } from '../test-bench.ts';

let bench: BuildBench;
const asked: unknown[] = [];
/** By method and path (CodeArtifact API Reference). */
const OPERATIONS = new Map([
  ['POST /v1/authorization-token', 'GetAuthorizationToken'],
  ['GET /v1/repository/endpoint', 'GetRepositoryEndpoint'],
]);

/** Stands for CodeArtifact, with the two operations that the program asks for. */
function createRegistry(cloud: Cloud): Service {
  const query = z.record(z.string(), z.string());
  return {
    name: 'codeartifact',
    protocol: {
      kind: 'rest',
      bind: ({ method, path, query: given }) => {
        const name = OPERATIONS.get(`${method} ${path}`);
        return name === undefined ? undefined : { operation: name, input: Object.fromEntries(given) };
      },
      reply: (_, output) => ({ status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(output) }),
      fail: ({ code, message, httpStatus }) => failJson('1.1', new AwsError(code, message, httpStatus)),
    },
    operations: {
      GetAuthorizationToken: operation({
        input: query,
        authorize: () => [],
        run: (input) => {
          asked.push(input);
          return { authorizationToken: 'the-token', expiration: 4_000_000_000 };
        },
      }),
      GetRepositoryEndpoint: operation({
        input: query,
        authorize: () => [],
        run: (input) => {
          asked.push(input);
          return { repositoryEndpoint: `${cloud.endpoint}/npm/shared` };
        },
      }),
    },
  };
}

beforeAll(async () => {
  bench = await BuildBench.start({ more: [createRegistry] });
  const ssm = new SSMClient(bench.cloud.client);
  await ssm.send(new PutParameterCommand({ Name: '/shared/name', Value: 'a value', Type: 'String' }));
});
afterAll(() => bench.stop());

const build = async (name: string, ...commands: string[]) => {
  const ended = await bench.run(name, { build: { commands } });
  return { ...ended, output: await bench.output(ended) };
};

it('logs npm in to a repository for a namespace, or for all packages', async () => {
  asked.length = 0;
  const scoped = '--tool npm --domain d --domain-owner 111122223333 --repository shared --namespace @enstratus --duration-seconds 900';
  const { output, buildStatus } = await build(
    'login',
    `aws codeartifact login ${scoped}`,
    'grep -v "^$" $HOME/.npmrc | sort',
    'aws --region us-east-2 codeartifact login --tool=npm --domain=d --repository=shared',
    'npm config get registry',
  );
  expect(buildStatus).toBe('SUCCEEDED');
  const registry = `${bench.cloud.endpoint}/npm/shared/`;
  expect(output).toEqual([
    `Successfully configured npm to use AWS CodeArtifact repository ${registry} `,
    'Login expires at 2096-10-02T07:06:40.000Z',
    `//${new URL(registry).host}/npm/shared/:_authToken=the-token`,
    `@enstratus:registry=${registry}`,
    `Successfully configured npm to use AWS CodeArtifact repository ${registry} `,
    'Login expires at 2096-10-02T07:06:40.000Z',
    registry,
  ]);
  expect(asked.slice(0, 2)).toEqual([
    { domain: 'd', 'domain-owner': '111122223333', duration: '900' },
    { domain: 'd', 'domain-owner': '111122223333', repository: 'shared', format: 'npm' },
  ]);
});

it('prints a token and a parameter alone', async () => {
  const { output } = await build(
    'prints',
    'TOKEN=$(aws codeartifact get-authorization-token --domain d --query authorizationToken --output text); echo "<$TOKEN>"',
    'VALUE=$(aws ssm get-parameter --name /shared/name --with-decryption --query Parameter.Value --output text); echo "<$VALUE>"',
  );
  expect(output).toEqual(['<the-token>', '<a value>']);
});

it('fails loudly for everything else, by its name', async () => {
  const wrong: readonly (readonly [command: string, code: number, complaint: string])[] = [
    ['aws s3 ls', 252, 'aws s3 ls is not carried out by the aws of the local cloud'],
    ['aws codeartifact login --tool pip --domain d --repository r', 252, 'only --tool npm is carried out'],
    ['aws codeartifact login --tool npm --domain d', 252, 'needs --repository'],
    [
      'aws codeartifact login --tool npm --domain d --repository r --dry-run yes',
      252,
      '--dry-run of aws codeartifact login is not carried out',
    ],
    ['aws codeartifact login --tool npm --domain d --repository r --domain', 252, '--domain is given twice'],
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
