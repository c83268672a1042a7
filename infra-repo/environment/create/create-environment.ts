import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parameterNames } from '@enstratus/contract';
import { inDeploymentOrder, waitsFor } from '@enstratus/platform/delivery';
import { signedInTo, stageOf, type Target } from '../aws.ts';
import type { NewOptions } from '../options.ts';
import { reposIn, synthesize } from '../repos.ts';
import { programEnvironment } from '../run-program.ts';
import { sideBySide } from '../side-by-side.ts';
import type { Steps } from '../steps.ts';
import { bootstrap } from './bootstrap.ts';
import { deployRepo } from './deploy-repo.ts';
import { inviteFirstAdmin } from './first-admin.ts';
import { readParameter, writeParticleParameters } from './particle-parameters.ts';
import { seedSettings } from './seed-settings.ts';

/** What a new environment is reached by. */
export interface NewEnvironment {
  readonly account: string;
  readonly region: string;
  readonly site_url: string;
  readonly docs_url: string | null;
  /** Where Particle's webhook posts. */
  readonly webhook_url: string | null;
  /** Whether Cognito has mailed an invitation; false for who was there already. */
  readonly invited: boolean;
}

/**
 * Makes an environment in an account that has nothing: bootstrap, all stacks of all repos in the order that follows from what they read of each other, settings, first admin. Done again,
 * or after a cut at any point, it does what is missing. Throws Refusal, and Errors that say what failed.
 */
export async function createEnvironment(options: NewOptions, steps: Steps): Promise<NewEnvironment> {
  const repos = reposIn(options.repos);
  const target = await steps.run('Sign in', () => signedInTo(stageOf(options.organization, options.stage)));
  steps.note(`      ${target.caller}`);
  const folder = mkdtempSync(join(tmpdir(), 'enstratus-environment-'));
  try {
    const env = programEnvironment(target.region, join(folder, 'cdk-home'));
    const [synthesized] = await Promise.all([
      synthesize(repos, {
        organization: options.organization,
        stage: options.stage,
        assemblies: join(folder, 'assemblies'),
        env,
        step: (title, work) => steps.run(title, work),
      }),
      steps.run('Bootstrap the account for the CDK', () => bootstrap(target, env)),
    ]);
    const { 'particle-product': product, 'particle-url': url, particleAccessToken: accessToken } = options;
    if (product !== undefined && accessToken !== undefined)
      await steps.run("Write Particle's parameters", () => writeParticleParameters(target.ssm, { url, product, accessToken }));
    const ordered = inDeploymentOrder(synthesized);
    await sideBySide(
      ordered,
      (repo) => waitsFor(repo, ordered),
      (repo) =>
        steps.run(`Deploy ${repo.stackNames.join(', ')} (${repo.name})`, async (tell) => {
          if (!(await deployRepo(repo, target.cloudFormation, env))) tell('there already; changes come by its pipeline');
        }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { account: target.account, region: target.region, ...(await openDoors(target, options, steps)) };
}

/** What is done in the deployed system: settings and the first person. */
async function openDoors(
  target: Target,
  { admin: email, 'admin-name': adminName }: NewOptions,
  steps: Steps,
): Promise<Omit<NewEnvironment, 'account' | 'region'>> {
  const now = Math.floor(Date.now() / 1000);
  const read = (name: string) => readParameter(target.ssm, name);
  const required = async (name: string): Promise<string> => {
    const value = await read(name);
    if (value === undefined) throw new Error(`the parameter ${name} is missing although its stack stands`);
    return value;
  };
  const table = await required(parameterNames.tableName);
  await steps.run('Seed the settings', () => seedSettings(target.documents, table, now));
  const invited = await steps.run(`Invite the first admin (${email})`, async (tell) => {
    const person = { email, name: adminName ?? email.slice(0, email.indexOf('@')) };
    const userPoolId = await required(parameterNames.userPoolId);
    const sent = await inviteFirstAdmin(person, { cognito: target.cognito, documents: target.documents, userPoolId, table }, now);
    tell(sent ? 'Cognito has mailed the invitation' : 'there already, not invited again');
    return sent;
  });
  return {
    site_url: await required(parameterNames.siteUrl),
    docs_url: (await read(parameterNames.docsUrl)) ?? null,
    webhook_url: (await read(parameterNames.webhookUrl)) ?? null,
    invited,
  };
}
