import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import { ZipFile } from 'yazl';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller, Scope } from '../../kernel/service.ts';
import type { ArtifactPlace } from './pipeline-store.ts';
import type { PipelineDeclaration } from './pipeline-structure.ts';

/** CodePipeline User Guide, "Quotas in AWS CodePipeline": input artifacts of CloudFormation deployments have at most 256 MB. */
const MAX_DEPLOYED_ARTIFACT_BYTES = 256 * 1024 * 1024;
const MAX_ENTRY_BYTES = 1024 * 1024;

/** The artifacts of a pipeline in its bucket, each a zip file under the pipeline's key. */
export class ArtifactStore {
  readonly #cloud: Cloud;
  readonly #scope: Scope;
  readonly #pipeline: PipelineDeclaration;

  constructor(cloud: Cloud, scope: Scope, pipeline: PipelineDeclaration) {
    this.#cloud = cloud;
    this.#scope = scope;
    this.#pipeline = pipeline;
  }

  get encryptionKey(): string | undefined {
    return this.#pipeline.artifactStore.encryptionKey?.id;
  }

  /** A place for a new artifact: `<pipeline, 20 characters>/<artifact, 10 characters>/<random>`, as AWS lays them. */
  newPlace(artifact: string): ArtifactPlace {
    const random = randomBytes(6).toString('base64url').replaceAll(/[_-]/g, 'x').slice(0, 7);
    const folder = (name: string, most: number) => name.slice(0, most).replaceAll('.', '-');
    return {
      bucket: this.#pipeline.artifactStore.location,
      key: `${folder(this.#pipeline.name, 20)}/${folder(artifact, 10)}/${random}`,
    };
  }

  /** Puts a zip with the rights of `caller`, under the pipeline's key, or under S3's own where it names none. */
  async put({ bucket, key }: ArtifactPlace, zip: Uint8Array, caller: Caller): Promise<void> {
    await this.#cloud.call(
      's3',
      'PutObject',
      {
        Bucket: bucket,
        Key: key,
        Body: zip,
        ContentType: 'application/zip',
        ServerSideEncryption: 'aws:kms',
        ...(this.encryptionKey === undefined ? {} : { SSEKMSKeyId: this.encryptionKey }),
      },
      this.#inRegion(caller),
    );
  }

  /** Puts a zip of one file. */
  async putFile(place: ArtifactPlace, name: string, content: string, caller: Caller): Promise<void> {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from(content), name);
    zip.end();
    await this.put(place, await buffer(zip.outputStream), caller);
  }

  /** The text of one file in an artifact, read with the rights of `caller`; undefined when the zip has no such file. */
  async readFile({ bucket, key }: ArtifactPlace, file: string, caller: Caller): Promise<string | undefined> {
    const { Body, ContentLength } = await this.#cloud.call<{ Body: Uint8Array; ContentLength: number }>(
      's3',
      'GetObject',
      { Bucket: bucket, Key: key },
      this.#inRegion(caller),
    );
    if (ContentLength > MAX_DEPLOYED_ARTIFACT_BYTES)
      throw new Error(`The artifact has ${ContentLength} bytes; at most 256 MB can be deployed`);
    const zip = await fromBufferPromise(Buffer.from(Body));
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.replace(/^\.\//, '') !== file.replace(/^\.?\//, '')) continue;
      if (entry.uncompressedSize > MAX_ENTRY_BYTES)
        throw new Error(`${file} has ${entry.uncompressedSize} bytes; a template may have 1 MB`);
      return (await buffer(await zip.openReadStreamPromise(entry))).toString('utf8');
    }
    return undefined;
  }

  /** The bucket is in the pipeline's region, whoever reads it. */
  #inRegion(caller: Caller): Caller {
    return { ...caller, region: this.#scope.region };
  }
}
