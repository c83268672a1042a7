import { DeleteObjectsCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

export interface MemoryObject {
  readonly body: Buffer;
  readonly contentType?: string | undefined;
  readonly cacheControl?: string | undefined;
}

/** An error as the SDK throws it: told by its name. */
export class S3Error extends Error {
  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

/** Buckets in memory that take the commands that the deployer sends; lists come in pages of three. */
export class MemoryS3 {
  readonly buckets = new Map<string, Map<string, MemoryObject>>();
  /** Every command that took effect: its name and, for a put, the key. */
  readonly done: string[] = [];
  /** Awaited before each command; throwing here is AWS failing, or refusing. */
  before: (command: string, key: string) => Promise<void> = async () => {};
  atOnce = 0;
  mostAtOnce = 0;

  readonly client = { send: (command: object) => this.#send(command) } as unknown as Pick<S3Client, 'send'>;

  bucket(name: string): Map<string, MemoryObject> {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw new S3Error('NoSuchBucket');
    return bucket;
  }

  async #send(command: object): Promise<object> {
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    try {
      const { Key } = (command as { input: { Key?: string } }).input;
      const said = `${command.constructor.name.replace('Command', '')}${Key === undefined ? '' : ` ${Key}`}`;
      await this.before(said, Key ?? '');
      const answer = this.#run(command);
      this.done.push(said);
      return answer;
    } finally {
      this.atOnce -= 1;
    }
  }

  #run(command: object): object {
    if (command instanceof GetObjectCommand) {
      const object = this.bucket(String(command.input.Bucket)).get(String(command.input.Key));
      if (object === undefined) throw new S3Error('NoSuchKey');
      return {
        ContentLength: object.body.length,
        Body: { transformToByteArray: async () => object.body, transformToString: async () => object.body.toString('utf8') },
      };
    }
    if (command instanceof PutObjectCommand) {
      const { Bucket, Key, Body, ContentType, CacheControl } = command.input;
      const body = Buffer.from(Body as Uint8Array);
      this.bucket(String(Bucket)).set(String(Key), { body, contentType: ContentType, cacheControl: CacheControl });
      return {};
    }
    if (command instanceof ListObjectsV2Command) {
      const after = command.input.ContinuationToken ?? '';
      const rest = [...this.bucket(String(command.input.Bucket)).keys()].sort().filter((key) => key > after);
      const page = rest.slice(0, 3);
      return { Contents: page.map((Key) => ({ Key })), ...(rest.length > 3 ? { NextContinuationToken: page.at(-1) } : {}) };
    }
    if (command instanceof DeleteObjectsCommand) {
      const bucket = this.bucket(String(command.input.Bucket));
      for (const { Key } of command.input.Delete?.Objects ?? []) bucket.delete(String(Key));
      return {};
    }
    throw new Error(`${command.constructor.name} is not carried out`);
  }
}
