import { readFileSync } from 'node:fs';
import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRegistry } from './delivery-names.ts';

const text = readFileSync(new URL('../../buildspecs/service.yaml', import.meta.url), 'utf8');

const login = z.object({
  phases: z.object({ install: z.object({ commands: z.tuple([z.string().startsWith('aws codeartifact login ')], z.string()) }) }),
});

/** The command by which a build signs in to the registry of the shared packages: the first of the buildspec. It needs {@link packageEnvironment}. */
export const registryLogin = (): string => login.parse(parse(text)).phases.install.commands[0];

/** The shared buildspec (`buildspecs/service.yaml`), as every repo is built, tested and synthesized by. */
export const serviceBuildSpec = (): BuildSpec => BuildSpec.fromObject(z.record(z.string(), z.unknown()).parse(parse(text)));

/** Where the buildspec finds the shared packages. */
export const packageEnvironment = (deliveryAccount: string): Record<string, string> => ({
  PACKAGES_DOMAIN: packageRegistry.domain,
  PACKAGES_ACCOUNT: deliveryAccount,
  PACKAGES_REPOSITORY: packageRegistry.repository,
});
