import { z } from 'zod';
import type { Cloud } from '../../kernel/cloud.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { joinName, onRepository, type RepositoryInput, splitName, storeOf } from './artifact-arns.ts';
import { type ArtifactStore, notFound } from './artifact-store.ts';
import { format, inRepository, namespace, ofPackage, packageName, packageVersion, page, paging } from './inputs.ts';
import type { PackageVersion } from './package-store.ts';

interface PackageInput extends RepositoryInput {
  readonly namespace?: string | undefined;
  readonly package: string;
}

/** Packages and their versions (CodeArtifact API Reference). npm publishes them: PublishPackageVersion is for the format generic. */
export function packageOperations(cloud: Cloud): Record<string, Operation<never, unknown>> {
  const onPackage = (action: string) => (input: PackageInput, context: CallContext) => [
    onRepository(cloud, action, input, context, joinName(input.namespace, input.package)),
  ];

  return {
    ListPackages: operation({
      input: z.strictObject({
        ...inRepository,
        ...paging,
        format: format.optional(),
        namespace: namespace.optional(),
        packagePrefix: packageName.optional(),
      }),
      authorize: (input, context) => [onRepository(cloud, 'ListPackages', input, context)],
      run: (input, context) => {
        const { store, key } = located(cloud, input, context);
        const all = store.packages
          .packages(key)
          .map(splitName)
          .filter((one) => input.namespace === undefined || one.namespace === input.namespace)
          .filter(({ bare }) => bare.startsWith(input.packagePrefix ?? ''));
        const { items, nextToken } = page(all, input);
        return { packages: items.map((one) => ({ format: 'npm', namespace: one.namespace, package: one.bare })), nextToken };
      },
    }),

    ListPackageVersions: operation({
      input: z.strictObject({ ...ofPackage, ...paging, status: z.string().optional(), sortBy: z.literal('PUBLISHED_TIME').optional() }),
      authorize: onPackage('ListPackageVersions'),
      run: (input, context) => {
        const { store, key, name } = locatedPackage(cloud, input, context);
        // Every version here is published: no operation makes another status.
        const wanted = input.status === undefined || input.status === 'Published' ? store.packages.versions(key, name) : [];
        // By name, or the latest first ("ListPackageVersions", `sortBy`).
        const all = input.sortBy === undefined ? wanted.sort((a, b) => (a.version < b.version ? -1 : 1)) : wanted.reverse();
        const { items, nextToken } = page(all, input);
        return {
          format: 'npm',
          namespace: input.namespace,
          package: input.package,
          defaultDisplayVersion: store.packages.tags(key, name)['latest'],
          versions: items.map(({ version, revision }) => ({ version, revision, status: 'Published', origin: { originType: 'INTERNAL' } })),
          nextToken,
        };
      },
    }),

    DescribePackageVersion: operation({
      input: z.strictObject({ ...ofPackage, packageVersion }),
      authorize: onPackage('DescribePackageVersion'),
      run: (input, context) => {
        const { store, key, name } = locatedPackage(cloud, input, context);
        const found = store.packages.version(key, name, input.packageVersion);
        if (found === undefined) throw notFound(`Package version not found: ${name} ${input.packageVersion}.`);
        return {
          packageVersion: { format: 'npm', namespace: input.namespace, packageName: input.package, displayName: name, ...described(found) },
        };
      },
    }),

    DeletePackageVersions: operation({
      input: z.strictObject({
        ...ofPackage,
        versions: z.array(packageVersion).min(1).max(100),
        expectedStatus: z.literal('Published').optional(),
      }),
      authorize: onPackage('DeletePackageVersions'),
      run: (input, context) => {
        const { store, key, name } = locatedPackage(cloud, input, context);
        const successfulVersions: Record<string, object> = {};
        const failedVersions: Record<string, object> = {};
        for (const version of new Set(input.versions)) {
          const found = store.packages.version(key, name, version);
          if (found === undefined) {
            failedVersions[version] = { errorCode: 'NOT_FOUND', errorMessage: `There is no version ${version} of ${name}.` };
            continue;
          }
          store.packages.deleteVersion(key, name, version);
          store.deleteAsset(found.asset);
          successfulVersions[version] = { revision: found.revision, status: 'Deleted' };
        }
        return { successfulVersions, failedVersions };
      },
    }),
  };
}

function located(cloud: Cloud, input: RepositoryInput, context: CallContext): { store: ArtifactStore; key: string } {
  const store = storeOf(cloud, input, context);
  const { domain, name } = store.repository(input.domain, input.repository);
  return { store, key: `${domain}/${name}` };
}

/** Throws ResourceNotFoundException for a package without versions. */
function locatedPackage(cloud: Cloud, input: PackageInput, context: CallContext) {
  const { store, key } = located(cloud, input, context);
  const name = joinName(input.namespace, input.package);
  if (store.packages.versions(key, name).length === 0) throw notFound(`Package not found: ${name}.`);
  return { store, key, name };
}

function described({ version, manifest, revision, published_ms }: PackageVersion) {
  const text = (member: string) => {
    const value = manifest[member];
    return typeof value === 'string' ? value : undefined;
  };
  const source = manifest['repository'];
  const url = typeof source === 'object' && source !== null ? (source as { url?: unknown }).url : source;
  return {
    version,
    summary: text('description'),
    homePage: text('homepage'),
    sourceCodeRepository: typeof url === 'string' ? url : undefined,
    publishedTime: new Date(published_ms),
    licenses: text('license') === undefined ? [] : [{ name: text('license') }],
    revision,
    status: 'Published',
    origin: { originType: 'INTERNAL' },
  };
}
