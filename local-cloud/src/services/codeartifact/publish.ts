import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { PackageVersion } from './package-store.ts';

/** A version as npm takes it: SemVer 2.0. */
export const semanticVersion = z
  .string()
  .max(256)
  .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/, 'is no version');

/** What `npm publish` sends: the package's documents with the tarballs in them (npm's registry documentation, "Publish"; libnpmpublish). */
const publication = z.looseObject({
  name: z.string(),
  'dist-tags': z.record(z.string().min(1), semanticVersion).default({}),
  versions: z.record(
    semanticVersion,
    z.looseObject({
      name: z.string(),
      version: z.string(),
      dist: z.looseObject({ shasum: z.string().optional(), integrity: z.string().optional(), tarball: z.string().optional() }).optional(),
    }),
  ),
  _attachments: z.record(z.string(), z.looseObject({ data: z.base64(), length: z.number().optional() })).default({}),
});

/**
 * Takes a publication into a repository (`key` is `<domain>/<repository>`). Throws ValidationException for what is no publication or has a tarball that
 * isn't the one it speaks of, and ConflictException for a version that is there already: CodeArtifact never overwrites one (CodeArtifact User Guide,
 * "Overwriting package assets").
 */
export function publish(store: ArtifactStore, key: string, name: string, body: Buffer, now: number): void {
  const parsed = publication.safeParse(json(body));
  if (!parsed.success)
    throw invalid(parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`).join('; '));
  const { data } = parsed;
  if (data.name !== name) throw invalid(`The package is named ${data.name}, the address ${name}.`);
  const attachments = Object.entries(data._attachments);
  // `npm deprecate` and `npm unpublish` send the documents alone.
  if (attachments.length === 0) throw new NotCarriedOut('changes of published npm packages, such as npm deprecate and npm unpublish');

  const made = attachments.map(([fileName, { data: encoded }]): { version: PackageVersion; content: Buffer } => {
    const version = Object.keys(data.versions).find((one) => fileName === `${name}-${one}.tgz`);
    const manifest = version === undefined ? undefined : data.versions[version];
    if (version === undefined || manifest === undefined) throw invalid(`The attachment ${fileName} belongs to no version.`);
    if (manifest.name !== name || manifest.version !== version)
      throw invalid(`The package.json of ${version} speaks of ${manifest.name} ${manifest.version}.`);
    if (store.packages.version(key, name, version) !== undefined) throw alreadyThere(name, version);
    const content = Buffer.from(encoded, 'base64');
    const { dist, ...rest } = manifest;
    return { version: { ...describeAsset(name, version, content, dist), version, manifest: rest, asset: '', published_ms: now }, content };
  });
  for (const version of [...Object.keys(data.versions), ...Object.values(data['dist-tags'])]) {
    const known = made.some((one) => one.version.version === version) || store.packages.version(key, name, version) !== undefined;
    if (!known) throw invalid(`There is no tarball of version ${version}.`);
  }

  const stored = made.map(({ version, content }) => ({ ...version, asset: store.putAsset(content) }));
  try {
    store.packages.publish(key, name, stored, data['dist-tags']);
  } catch (error) {
    for (const { asset } of stored) store.deleteAsset(asset);
    throw error;
  }
}

function describeAsset(
  name: string,
  version: string,
  content: Buffer,
  dist: { shasum?: string | undefined; integrity?: string | undefined } = {},
) {
  const shasum = createHash('sha1').update(content).digest('hex');
  const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
  const isForeign = dist.shasum !== undefined && dist.shasum !== shasum;
  if (isForeign || (dist.integrity?.startsWith('sha512-') && dist.integrity !== integrity))
    throw invalid(`The tarball of ${name} ${version} has another checksum than it says.`);
  const fileName = `${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
  return { shasum, integrity, fileName, size_bytes: content.length, revision: randomBytes(24).toString('base64') };
}

function alreadyThere(name: string, version: string): AwsError {
  return new AwsError('ConflictException', `Package version ${name} ${version} already exists.`, 409);
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
