import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { awsEnvironment } from '../../src/start/cdk-cli.ts';

const run = promisify(execFile);
const AWS = '/usr/bin/aws';

/** Debian's package. Where it isn't installed (a laptop with Node alone), there is nothing to drive; `.ci/run` installs it. */
export const isInstalled = existsSync(AWS);

/** What it works on: a system, or a local cloud of a test's own. */
export interface Target {
  readonly endpoints: { readonly aws: string; readonly account: string; readonly region: string };
}

/** Debian's awscli, unmodified, with a home of its own. */
export class DebianAws {
  readonly directory = mkdtempSync(join(tmpdir(), 'aws-cli-'));
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Resolves to what it prints; rejects with what it complains of. */
  async text(...args: string[]): Promise<string> {
    const { aws: endpoint, account, region } = this.#target.endpoints;
    const env = { ...awsEnvironment({ endpoint, account, region, home: this.directory }), AWS_PAGER: '', HOME: this.directory };
    const { stdout } = await run(AWS, ['--endpoint-url', endpoint, '--output', 'json', ...args], { env });
    return stdout;
  }

  async json<T = Record<string, unknown>>(...args: string[]): Promise<T> {
    return JSON.parse(await this.text(...args)) as T;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
