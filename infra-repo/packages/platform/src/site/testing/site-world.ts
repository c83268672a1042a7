import * as z from 'zod';
import { deploySite } from '../deploy-site.ts';
import { MemoryS3 } from './memory-s3.ts';
import { zipFile } from './zip-file.ts';

export const day_ms = 86_400_000;

/** How an application of these tests reads its configuration. */
const applicationConfiguration = z.object({ region: z.string(), graphql_url: z.url() });

export const configuration = {
  region: 'us-east-2',
  graphql_url: 'https://abc.appsync-api.us-east-2.amazonaws.com/graphql',
};

/** A build whose chunks carry its letter, and one that every build has. */
export const build = (letter: string): Record<string, string> => ({
  'index.html': `<script src="/assets/app-${letter.repeat(8)}.js">`,
  'icon.svg': '<svg/>',
  [`assets/app-${letter.repeat(8)}.js`]: `app ${letter}`,
  [`assets/device-page-${letter.repeat(8)}.js`]: `device page ${letter}`,
  'assets/font-FFFFFFFF.woff2': 'font',
});

/** The names of a build's own chunks. */
export const chunks = (letter: string): string[] => Object.keys(build(letter)).filter((name) => name.includes(letter.repeat(8)));

/** All that the deployer meets, in memory: the buckets `builds` and `site`, CloudFormation, and a clock that stands until it is moved or slept by. */
export class SiteWorld {
  readonly s3 = new MemoryS3();
  readonly answers: Record<string, unknown>[] = [];
  now = Date.parse('2026-11-22T10:00:00Z');
  /** With which HTTP status CloudFormation takes an answer. */
  answerStatus = 200;
  /** How the application reads its configuration; undefined for a site that has none. */
  configuration: ((value: unknown) => unknown) | undefined = (value) => applicationConfiguration.parse(value);

  constructor() {
    this.s3.buckets.set('site', new Map());
    this.s3.buckets.set('builds', new Map());
  }

  get site() {
    return this.s3.bucket('site');
  }

  /** The names of everything that lies in the site's bucket. */
  get names(): string[] {
    return [...this.site.keys()].sort();
  }

  text(name: string): string | undefined {
    return this.site.get(name)?.body.toString('utf8');
  }

  /** Lays a build where CloudFormation is told that it is. */
  store(letter: string, files: Record<string, string> = build(letter)): void {
    this.s3.bucket('builds').set(`${letter}.zip`, { body: zipFile(files) });
  }

  /** Stores a build and deploys it. Answers how that ended. */
  async deploy(letter: string): Promise<unknown> {
    this.store(letter);
    await this.ask(this.site.size === 0 ? 'Create' : 'Update', letter);
    return this.answers.at(-1)?.['Status'];
  }

  /** Asks the deployer as CloudFormation does. */
  ask(type: string, letter: string, more: { properties?: object; logicalId?: string } = {}): Promise<void> {
    return deploySite(
      {
        RequestType: type,
        ResponseURL: 'http://127.0.0.1/answer',
        StackId: 'stack',
        RequestId: 'request',
        LogicalResourceId: more.logicalId ?? 'Site',
        ...(type === 'Create' ? {} : { PhysicalResourceId: 'site' }),
        ResourceProperties: {
          ServiceToken: 'arn',
          BuildBucketName: 'builds',
          BuildKey: `${letter}.zip`,
          SiteBucketName: 'site',
          Configuration: configuration,
          ...more.properties,
        },
      },
      {
        s3: this.s3.client,
        ...(this.configuration === undefined ? {} : { configuration: this.configuration }),
        clock: () => this.now,
        sleep: async (milliseconds) => {
          this.now += milliseconds;
        },
        fetch: async (_, init) => {
          this.answers.push(JSON.parse(String(init?.body)));
          return new Response(null, { status: this.answerStatus });
        },
        log: { info: () => {}, error: () => {} },
      },
    );
  }
}
