import { createRequire } from 'node:module';
import { App, type Environment, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { z } from 'zod';

/** What comes in from outside: the same templates serve every stage. */
export interface Deployment {
  readonly stage: 'dev' | 'test' | 'prod';
  readonly env: Required<Environment>;
}

const outside = z.object({
  stage: z.enum(['dev', 'test', 'prod'], { error: 'must be dev, test or prod: pass -c stage=dev' }),
  account: z
    .string({ error: 'is not known: sign in to the account, set CDK_DEFAULT_ACCOUNT, or pass -c account=123456789012' })
    .regex(/^\d{12}$/, 'must have 12 digits'),
  region: z
    .string({ error: 'is not known: set CDK_DEFAULT_REGION or pass -c region=us-east-2' })
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as us-east-2'),
});

const recommendedFlags: Record<string, unknown> = createRequire(import.meta.url)('aws-cdk-lib/recommended-feature-flags.json');

/**
 * The app of a repo's bin/app.ts. Whatever is in it is checked at synthesis, and a finding fails the synthesis: CDK's own rules
 * (unknown types and properties, bad references) and cdk-nag's AWS Solutions pack. A finding that we live with is acknowledged
 * with its reason by {@link acknowledge}. Feature flags are those that the pinned aws-cdk-lib recommends for new apps.
 */
export function serviceApp(options: { readonly outdir?: string; readonly context?: Readonly<Record<string, unknown>> } = {}): App {
  const app = new App({
    ...(options.outdir === undefined ? {} : { outdir: options.outdir }),
    analyticsReporting: false,
    context: recommendedFlags,
    postCliContext: { ...options.context, '@aws-cdk/core:validateAgainstDefaultRules': true },
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/**
 * Where this app is deployed. The stage comes from the context `stage` (dev when nothing is said); account and region come from the context
 * `account` and `region`, else from CDK_DEFAULT_ACCOUNT and CDK_DEFAULT_REGION (which the CDK CLI sets from the credentials and the configuration).
 * Throws an Error that says which one is missing or wrong and how to give it.
 */
export function deployment(app: App, environment: Readonly<Record<string, string | undefined>> = process.env): Deployment {
  const given = (name: string): unknown => app.node.tryGetContext(name) || undefined;
  const parsed = outside.safeParse({
    stage: given('stage') ?? 'dev',
    account: given('account') ?? (environment['CDK_DEFAULT_ACCOUNT'] || undefined),
    region: given('region') ?? (environment['CDK_DEFAULT_REGION'] || undefined),
  });
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `The deployment's ${String(issue.path[0])} ${issue.message}`).join('\n'));
  }
  const { stage, account, region } = parsed.data;
  return { stage, env: { account, region } };
}

/**
 * A further setting that comes in by the context (`-c name=value`, always text, or cdk.json; in a pipeline the stage's settings in the organization's file). Throws an
 * Error that names it when it doesn't fit.
 */
export function setting<Shape extends z.ZodType>(scope: IConstruct, name: string, shape: Shape): z.infer<Shape> {
  const parsed = shape.safeParse(scope.node.tryGetContext(name));
  if (!parsed.success) throw new Error(`The context ${name} is wrong: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
  return parsed.data;
}

/** Findings that we live with, by rule id (`AwsSolutions-S1`, `AwsSolutions-IAM5[Resource::…]`), each with the reason why. */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(construct).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
}
