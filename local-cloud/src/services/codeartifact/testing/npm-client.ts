import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** For tests: npm with a home of its own and, for the scope `@enstratus`, the registry and token that it is given. */
export class NpmClient {
  readonly home = mkdtempSync(join(tmpdir(), 'npm-client-'));

  /** Writes the .npmrc as the README of a repo says it; `registry` ends with `/`. */
  constructor(registry: string, token: string) {
    this.configure(registry, token);
  }

  configure(registry: string, token: string): void {
    const lines = [
      `@enstratus:registry=${registry}`,
      `${registry.replace(/^http:/, '')}:_authToken=${token}`,
      // Nothing of these tests is anywhere else.
      `registry=${registry}`,
      'audit=false',
      'fund=false',
      'update-notifier=false',
      'fetch-retries=0',
      `cache=${join(this.home, 'cache')}`,
    ];
    writeFileSync(join(this.home, '.npmrc'), `${lines.join('\n')}\n`);
  }

  /** A package's folder with this package.json and an index.js that exports its version. */
  package(manifest: { name: string; version: string } & Record<string, unknown>): string {
    const directory = join(this.home, `${manifest.name.replace(/\W/g, '-')}-${manifest.version}`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(directory, 'index.js'), `module.exports = ${JSON.stringify(manifest.version)};\n`);
    return directory;
  }

  /** Resolves to what npm prints; rejects with an error whose `stderr` says what it complains of. */
  async run(directory: string, ...args: string[]): Promise<string> {
    const { stdout } = await execute('npm', args, {
      cwd: directory,
      env: { PATH: process.env['PATH'] ?? '', HOME: this.home, npm_config_userconfig: join(this.home, '.npmrc') },
    });
    return stdout;
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
