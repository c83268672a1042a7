import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inDeploymentOrder, stacksOfAssembly, templateSchema, waitsFor } from '@enstratus/platform/delivery';
import { parse } from 'yaml';
import { bootstrapTemplate } from '../../cdk/bootstrap/bootstrap-template.ts';
import { stageOf } from '../aws.ts';
import type { EstimateOptions } from '../options.ts';
import { reposIn, synthesize } from '../repos.ts';
import { programEnvironment } from '../run-program.ts';
import type { Steps } from '../steps.ts';
import { assetSize } from './asset-size.ts';
import { describeEstimate, type Estimate, estimate } from './estimate.ts';

/** Synthesizes a stage and estimates how long it takes to make it on AWS. Needs no account. Throws Refusal, and what a synthesis fails with. */
export async function estimateEnvironment(options: EstimateOptions, steps: Steps): Promise<Estimate & { readonly text: string }> {
  const place = stageOf(options.organization, options.stage);
  const repos = reposIn(options.repos);
  const folder = mkdtempSync(join(tmpdir(), 'enstratus-estimate-'));
  try {
    const synthesized = await synthesize(repos, {
      organization: options.organization,
      stage: options.stage,
      assemblies: join(folder, 'assemblies'),
      env: programEnvironment(place.region, join(folder, 'cdk-home')),
      step: (title, work) => steps.run(title, work),
    });
    const ordered = inDeploymentOrder(synthesized);
    const made = estimate(
      ordered.map((repo) => ({
        name: repo.name,
        stacks: stacksOfAssembly(repo.assembly),
        assets: assetSize(repo.assembly),
        waitsFor: waitsFor(repo, ordered).map(({ name }) => name),
      })),
      bootstrapResources(options.stage, place.organization),
      availableParallelism(),
    );
    return { ...made, text: describeEstimate(made) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The bootstrap's resources; it makes no key of its own unless it is told to. */
function bootstrapResources(...of: Parameters<typeof bootstrapTemplate>) {
  const { Resources } = templateSchema.parse(parse(bootstrapTemplate(...of)));
  return { Resources: Object.fromEntries(Object.entries(Resources).filter(([, { Type }]) => !Type.startsWith('AWS::KMS::'))) };
}
