import { creationTimes, creationTimesDated, otherTimes, publishedEnvironment_s } from './creation-times.ts';
import { criticalPath, durationOf, type Link, schedule } from './critical-path.ts';
import { type ResourceLink, templateLinks } from './template-links.ts';

/** What is known of a repo's stacks before they are deployed. */
export interface EstimatedRepo {
  readonly name: string;
  readonly stacks: readonly { readonly stackName: string; readonly template: Parameters<typeof templateLinks>[0] }[];
  readonly assets: { readonly files: number; readonly bytes: number };
  /** The repos whose parameters it reads. */
  readonly waitsFor: readonly string[];
}

export interface EstimatedStep {
  readonly step: string;
  readonly begins_s: number;
  readonly duration_s: number;
  readonly on_critical_path: boolean;
  /** The resources that a deployment waits for longest, one after the other. */
  readonly longest_chain: readonly {
    readonly resource: string;
    readonly type: string;
    readonly duration_s: number;
    readonly source: string;
  }[];
}

export interface Estimate {
  /** Of the table of creation times. */
  readonly dated: string;
  readonly steps: readonly EstimatedStep[];
  readonly critical_path: readonly string[];
  readonly duration_s: number;
  /** Of the published system. */
  readonly published_s: number;
  /** Types that the table of creation times lacks. */
  readonly unknown_types: readonly string[];
}

interface StepLink extends Link {
  readonly chain: readonly ResourceLink[];
}

/**
 * How long a new environment takes on AWS: the steps of `new`, each deployment as long as the longest chain of its resources, and everything that waits for nothing side by side. CloudFormation begins some
 * resources before those they name are complete ("Understand CloudFormation stack creation events"); here each waits, so it is rather less.
 */
export function estimate(repos: readonly EstimatedRepo[], bootstrap: Parameters<typeof templateLinks>[0], processors: number): Estimate {
  const steps = stepLinks(repos, bootstrap, processors);
  const path = criticalPath(steps);
  const types = repos.flatMap(({ stacks }) => stacks.flatMap(({ template }) => templateLinks(template).map(({ type }) => type)));
  return {
    dated: creationTimesDated,
    steps: schedule(steps).map(({ link, begins_s }) => ({
      step: link.name,
      begins_s,
      duration_s: link.duration_s,
      on_critical_path: path.includes(link),
      longest_chain: link.chain.map(({ name, type, duration_s, time }) => ({ resource: name, type, duration_s, source: time.source })),
    })),
    critical_path: path.map(({ name }) => name),
    duration_s: durationOf(path),
    published_s: publishedEnvironment_s,
    unknown_types: [...new Set(types)].filter((type) => creationTimes[type] === undefined).sort(),
  };
}

function stepLinks(repos: readonly EstimatedRepo[], bootstrap: Parameters<typeof templateLinks>[0], processors: number): StepLink[] {
  const plain = (name: string, duration_s: number, after: readonly string[]): StepLink => ({ name, duration_s, after, chain: [] });
  const bootstrapChain = criticalPath(templateLinks(bootstrap));
  const deploy = ({ name }: Pick<EstimatedRepo, 'name'>) => `Deploy ${name}`;
  const prepared = ['Synthesize', 'Bootstrap'];
  return [
    plain('Sign in', otherTimes.sign_in_s, []),
    plain('Synthesize', Math.ceil(repos.length / processors) * otherTimes.synthesis_s, ['Sign in']),
    { name: 'Bootstrap', duration_s: otherTimes.stack_overhead_s + durationOf(bootstrapChain), after: ['Sign in'], chain: bootstrapChain },
    plain("Write Particle's parameters", otherTimes.parameters_s, prepared),
    ...repos.map((repo): StepLink => {
      // The CLI deploys a repo's stacks one after the other.
      const chains = repo.stacks.map(({ template }) => criticalPath(templateLinks(template)));
      const publishing_s = repo.assets.files * otherTimes.asset_s + repo.assets.bytes / otherTimes.asset_bytes_a_second;
      return {
        name: deploy(repo),
        duration_s: Math.round(publishing_s + chains.reduce((sum, chain) => sum + otherTimes.stack_overhead_s + durationOf(chain), 0)),
        after: ["Write Particle's parameters", ...repo.waitsFor.map((name) => deploy({ name }))],
        chain: chains.flat(),
      };
    }),
    plain('Seed the settings', otherTimes.settings_s, repos.map(deploy)),
    plain('Invite the first admin', otherTimes.first_admin_s, ['Seed the settings']),
  ];
}

/** The estimate for people: steps, the critical path with the resources behind it, and how that stands beside the published system. */
export function describeEstimate(made: Estimate): string {
  const width = Math.max(...made.steps.map(({ step }) => step.length));
  const rows = made.steps.map(
    ({ step, begins_s, duration_s, on_critical_path }) =>
      `${on_critical_path ? '▶' : ' '} ${step.padEnd(width)}  ${time(begins_s)}  ${time(duration_s)}`,
  );
  const chains = made.steps.flatMap(({ step, on_critical_path, longest_chain }) =>
    on_critical_path && longest_chain.length > 0
      ? [
          `  ${step}:`,
          ...longest_chain.map(({ resource, type, duration_s, source }) => `    ${time(duration_s)}  ${resource} (${type}; ${source})`),
        ]
      : [],
  );
  const unknown =
    made.unknown_types.length === 0 ? [] : ['', `Types that the table lacks, taken as a minute each: ${made.unknown_types.join(', ')}`];
  const ratio = made.duration_s / made.published_s;
  return [
    `Estimated, not measured on AWS; usual creation times of ${made.dated} (infra-repo/environment/estimate/creation-times.ts)`,
    '',
    `  ${'step'.padEnd(width)}   after    takes`,
    ...rows,
    '',
    'What the critical path (▶) waits for in its stacks:',
    ...chains,
    ...unknown,
    '',
    `In all ${time(made.duration_s).trim()} min. The published system says ${made.published_s / 60} min: ${
      ratio < 1 ? `${Math.round(ratio * 100)} % of it` : 'this is no better'
    }.`,
  ].join('\n');
}

const time = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.round(seconds) % 60).padStart(2, '0')}`.padStart(6);
