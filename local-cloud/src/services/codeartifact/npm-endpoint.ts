import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';

/**
 * Where npm finds a repository. AWS has `https://<domain>-<owner>.d.codeartifact.<region>.amazonaws.com/npm/<repository>/` (CodeArtifact User Guide,
 * "Repository endpoint"); on one port the host's parts stand in the path.
 */
export function npmEndpoint(cloud: Cloud, { domain, name }: { domain: string; name: string }, { account, region }: Scope): string {
  return `${cloud.endpoint}/_codeartifact/${region}/${domain}-${account}/npm/${name}/`;
}

export interface NpmAddress {
  readonly owner: Scope;
  readonly domain: string;
  readonly repository: string;
  /** What stands behind the repository, decoded: `/@enstratus/contract`. */
  readonly rest: string;
}

/** Reads the path of a request to such an address, percent-encoding as received; undefined for any other. */
export function readNpmAddress(path: string): NpmAddress | undefined {
  const [, region = '', domain = '', account = '', repository = '', rest = '/'] =
    /^\/_codeartifact\/([a-z]{2}(?:-[a-z]+)+-\d{1,2})\/([a-z][a-z0-9-]*)-(\d{12})\/npm\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  if (region === '') return undefined;
  try {
    return { owner: { account, region }, domain, repository, rest: decodeURIComponent(rest) };
  } catch {
    return undefined;
  }
}
