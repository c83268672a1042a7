import { createHash } from 'node:crypto';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { type CustomResourceRequest, customResource } from '../runtime/custom-resource.ts';
import { afterDeployment, deployedBuildsName, withComing } from './deployed-builds.ts';
import { SiteBucket } from './site-bucket.ts';
import { pageName, putOrder, type SiteFile } from './site-file.ts';
import { unzip } from './unzip.ts';

const name = z.string().min(1);

/** What CloudFormation is told of a site, as far as it takes to find it: with whatever else is wrong, it can be deleted. */
export const sitePropertiesSchema = z.looseObject({ SiteBucketName: name });

/** All of that. */
const buildPropertiesSchema = z.looseObject({
  /** Where the build lies, as a zip file. */
  BuildBucketName: name,
  /** The hash of the build's content makes its name. */
  BuildKey: name.regex(/^[\w./-]+\.zip$/, 'BuildKey must name a zip file'),
  SiteBucketName: name,
  Configuration: z.unknown().optional(),
});
type BuildProperties = z.infer<typeof buildPropertiesSchema>;

export interface SiteDeployer {
  readonly s3: Pick<S3Client, 'send'>;
  /**
   * What the site is told at run time, in its file config.json: what this makes of the resource's property `Configuration`, by the parser with which the application reads it. It
   * throws an Error that names what is wrong. A site without one has no config.json.
   */
  readonly configuration?: (value: unknown) => unknown;
  readonly fetch: typeof fetch;
  readonly log: {
    info(message: string, details: Record<string, unknown>): void;
    error(message: string, details: Record<string, unknown>): void;
  };
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

const maxZipBytes = 64 * 1024 * 1024;
const putsAtOnce = 16;

/**
 * The right to read a build comes with the build, and a changed policy may take a while to be in force everywhere ("Troubleshoot IAM", changes are not always
 * immediately visible).
 */
const patience_ms = 45_000;
const pause_ms = 3_000;

/**
 * Deploys a build of a static site to its bucket and answers CloudFormation. Create and Update put the build's files, then its configuration, then its pages, and
 * remove what no page needs any more; done twice, or again after a crash at any step, it ends the same. Delete takes the site away: all of it can be
 * made again, and a bucket that isn't empty would hold up the deletion of the stack that owns it.
 *
 * Throws only when CloudFormation can't be answered, so that Lambda tries again.
 */
export async function deploySite(event: unknown, deployer: SiteDeployer): Promise<void> {
  await customResource(event, {
    properties: sitePropertiesSchema,
    carryOut: async (request) => {
      if (request.type === 'Delete') await takeAway(request, deployer);
      else await deploy(request, deployer);
      return request.properties.SiteBucketName;
    },
    fetch: deployer.fetch,
    log: deployer.log,
  });
}

type SiteRequest = CustomResourceRequest<z.infer<typeof sitePropertiesSchema>>;

/** Which custom resource a site belongs to. It is remembered where anybody may read it, and whose account this is need not stand there. */
const ownerOf = ({ stackId, logicalId }: SiteRequest): string => createHash('sha256').update(`${stackId} ${logicalId}`).digest('hex');

function buildProperties({ properties }: SiteRequest): BuildProperties {
  const parsed = buildPropertiesSchema.safeParse(properties);
  if (!parsed.success) throw new Error(`the request is wrong: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

async function deploy(request: SiteRequest, deployer: SiteDeployer): Promise<void> {
  const properties = buildProperties(request);
  const { BuildKey: build, SiteBucketName } = properties;
  const configuration = configurationFiles(properties, deployer);
  const files = await buildFiles(properties, deployer);
  const bucket = new SiteBucket(deployer.s3, SiteBucketName);
  const coming = withComing(
    await bucket.deployedBuilds(),
    ownerOf(request),
    build,
    files.map((file) => file.name),
  );
  await bucket.remember(coming);
  for (const group of putOrder([...files, ...configuration])) await inParallel(group, (file) => bucket.put(file));
  const now = afterDeployment(coming, ownerOf(request), build, deployer.clock());
  const needed = new Set([...now.builds.flatMap((one) => one.files), configurationName, deployedBuildsName]);
  const removed = (await bucket.list()).filter((file) => !needed.has(file));
  await bucket.remove(removed);
  await bucket.remember(now);
  deployer.log.info('site deployed', { build, files: files.length, builds_kept: now.builds.length, files_removed: removed.length });
}

/**
 * A resource that was given another name is made anew before the old one is deleted: then the site belongs to the new one already. And one that could not be
 * made is deleted too, when the site belongs to the old one still.
 */
async function takeAway(request: SiteRequest, { s3, log }: SiteDeployer): Promise<void> {
  const bucket = new SiteBucket(s3, request.properties.SiteBucketName);
  try {
    const builds = await bucket.deployedBuilds();
    if (builds?.owner !== ownerOf(request)) {
      log.info('site left to its owner', { site_bucket_name: request.properties.SiteBucketName });
      return;
    }
    const names = await bucket.list();
    // The memory goes last: it says whose the rest is, should this be done again.
    await bucket.remove(names.filter((file) => file !== deployedBuildsName));
    await bucket.remove([deployedBuildsName]);
    log.info('site taken away', { files: names.length });
  } catch (error) {
    if (!isNoBucket(error)) throw error;
  }
}

const isNoBucket = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'NoSuchBucket' || (error.cause !== undefined && isNoBucket(error.cause)));

const configurationName = 'config.json';

function configurationFiles({ Configuration }: BuildProperties, { configuration }: SiteDeployer): SiteFile[] {
  if (configuration === undefined) return [];
  return [{ name: configurationName, body: Buffer.from(`${JSON.stringify(configuration(Configuration), null, 2)}\n`) }];
}

async function buildFiles({ BuildBucketName, BuildKey }: BuildProperties, deployer: SiteDeployer): Promise<SiteFile[]> {
  const { Body, ContentLength = 0 } = await patiently(
    () => deployer.s3.send(new GetObjectCommand({ Bucket: BuildBucketName, Key: BuildKey })),
    deployer,
  );
  if (ContentLength > maxZipBytes) throw new Error(`the build's zip file has more than ${maxZipBytes} bytes`);
  if (Body === undefined) throw new Error(`${BuildKey} is empty`);
  const files = await unzip(await Body.transformToByteArray());
  if (!files.some((file) => file.name === pageName)) throw new Error(`${BuildKey} has no ${pageName}: it is no build of a site`);
  const reserved = files.find((file) => file.name === configurationName || file.name === deployedBuildsName);
  if (reserved !== undefined) throw new Error(`${BuildKey} has a file ${reserved.name}, which its deployment makes`);
  return files;
}

async function patiently<Answer>(ask: () => Promise<Answer>, { clock, sleep }: SiteDeployer): Promise<Answer> {
  const until = clock() + patience_ms;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error && error.name === 'AccessDenied') || clock() >= until) throw error;
      await sleep(pause_ms);
    }
  }
}

/** Runs `work` on each item, at most 16 at once. Rejects by the first failure, when what was begun has ended. */
async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await work(item);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: putsAtOnce }, worker));
  const failure = ended.find((one) => one.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
