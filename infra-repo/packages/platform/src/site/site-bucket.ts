import { DeleteObjectsCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type DeployedBuilds, deployedBuildsName, deployedBuildsSchema } from './deployed-builds.ts';
import { cacheControl, contentType, type SiteFile } from './site-file.ts';

/** DeleteObjects ("Amazon S3 API Reference"): at most 1,000 keys. */
const maxDeletes = 1_000;

/** The bucket from which the site is served. It holds the site's files and what is remembered of their builds, and nothing else. Every method throws what S3 throws. */
export class SiteBucket {
  readonly #s3: Pick<S3Client, 'send'>;
  readonly #name: string;

  constructor(s3: Pick<S3Client, 'send'>, name: string) {
    this.#s3 = s3;
    this.#name = name;
  }

  /** Puts a file as it is to be served. Throws for a file whose content type isn't known. */
  async put({ name, body }: SiteFile): Promise<void> {
    await this.#s3.send(
      new PutObjectCommand({
        Bucket: this.#name,
        Key: name,
        Body: body,
        ContentType: contentType(name),
        CacheControl: cacheControl(name),
      }),
    );
  }

  /** The names of everything that lies in the bucket. */
  async list(): Promise<string[]> {
    const names: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#s3.send(
        new ListObjectsV2Command({ Bucket: this.#name, ...(ContinuationToken === undefined ? {} : { ContinuationToken }) }),
      );
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) names.push(Key);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return names;
  }

  /** Deletes files; one that isn't there is no failure. Throws by the first that can't be deleted. */
  async remove(names: readonly string[]): Promise<void> {
    for (let from = 0; from < names.length; from += maxDeletes) {
      const Objects = names.slice(from, from + maxDeletes).map((Key) => ({ Key }));
      const { Errors = [] } = await this.#s3.send(new DeleteObjectsCommand({ Bucket: this.#name, Delete: { Objects, Quiet: true } }));
      const [first] = Errors;
      if (first !== undefined) throw new Error(`${first.Key} could not be deleted: ${first.Code}: ${first.Message}`);
    }
  }

  /** What is remembered of the builds; undefined before the first deployment. Throws when it can't be read as such. */
  async deployedBuilds(): Promise<DeployedBuilds | undefined> {
    try {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#name, Key: deployedBuildsName }));
      return deployedBuildsSchema.parse(JSON.parse((await Body?.transformToString()) ?? ''));
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
      throw new Error(
        `${deployedBuildsName} in the site's bucket can't be read: ${error instanceof Error ? error.message : String(error)}`,
        {
          cause: error,
        },
      );
    }
  }

  async remember(builds: DeployedBuilds): Promise<void> {
    await this.put({ name: deployedBuildsName, body: Buffer.from(`${JSON.stringify(builds)}\n`) });
  }
}
