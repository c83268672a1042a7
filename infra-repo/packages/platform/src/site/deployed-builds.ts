import * as z from 'zod';

const buildSchema = z.object({
  build: z.string().min(1),
  files: z.array(z.string()),
  /** When another build took its place, RFC 3339; null for the one that is shown, and for one whose deployment did not come to its end. */
  replaced_at: z.iso.datetime().nullable(),
});

/** What lies in the site's bucket, and who put it there. */
export const deployedBuildsSchema = z.object({
  /** The custom resource whose deployment came to its end last, as a hash. */
  owner: z.string(),
  builds: z.array(buildSchema),
});
export type DeployedBuilds = z.infer<typeof deployedBuildsSchema>;

/** Where that is remembered. It lies among the site's files: what it says, which files there are, is no secret. */
export const deployedBuildsName = 'deployed-builds.json';

/** A page that is open for longer than this after its build was replaced has to be loaded again. */
export const keptAfterReplaced_ms = 7 * 86_400_000;

/** The builds when one is about to be put: its files are known from now on, even if its deployment never ends. */
export function withComing(before: DeployedBuilds | undefined, owner: string, build: string, files: readonly string[]): DeployedBuilds {
  const others = (before?.builds ?? []).filter((other) => other.build !== build);
  return { owner: before?.owner ?? owner, builds: [{ build, files: [...files], replaced_at: null }, ...others] };
}

/**
 * The builds when one has taken the place of all others: it, those that were replaced in the last 7 days, and in any case the one that was replaced
 * last, so that pages that are open still find the parts that they load later.
 *
 * @param now Epoch milliseconds.
 */
export function afterDeployment({ builds }: DeployedBuilds, owner: string, build: string, now: number): DeployedBuilds {
  const current = builds.filter((one) => one.build === build);
  const replaced = builds
    .filter((one) => one.build !== build)
    .map((one) => ({ ...one, replaced_at: one.replaced_at ?? new Date(now).toISOString() }))
    .toSorted((a, b) => Date.parse(b.replaced_at) - Date.parse(a.replaced_at));
  const kept = replaced.filter(({ replaced_at }, index) => index === 0 || Date.parse(replaced_at) > now - keptAfterReplaced_ms);
  return { owner, builds: [...current, ...kept] };
}
