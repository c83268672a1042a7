import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';

/** Settings by which the machine's npm reaches its registries; builds get them and no others. */
const KEPT = /^(registry|@[^:]+:registry|proxy|https-proxy|noproxy|cafile|ca|strict-ssl|fetch-(retries|retry-.*|timeout)|maxsockets)$/;
const listed = z.record(z.string(), z.unknown());

/**
 * The text of an npmrc by which builds reach the registries that this machine's npm does. `npm` is the path of the machine's npm, run by
 * this process's Node. Credentials are taken over for the host of the default registry alone, and never those of the public one, which npm has built in: reading
 * it needs none, and a build must not be able to publish there as whoever runs it. Rejects when npm fails.
 */
export async function readMachineNpm(npm: string): Promise<string> {
  const [settings, builtIn] = await Promise.all([settingsOf(npm), settingsOf(npm, unconfigured())]);
  const lines = Object.entries(settings).flatMap(([key, value]) => (KEPT.test(key) ? settingLines(key, value) : []));
  return [...lines, ...credentialLines(settings, hostOf(builtIn))].map((line) => `${line}\n`).join('');
}

/** What npm has set in this environment. */
async function settingsOf(npm: string, env: NodeJS.ProcessEnv = process.env): Promise<Record<string, unknown>> {
  // Not in a repo's folder, whose own settings count for that repo alone.
  const child = spawn(process.execPath, [npm, 'config', 'list', '--json'], { cwd: tmpdir(), env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, code] = await Promise.all([
    buffer(child.stdout),
    buffer(child.stderr),
    new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve)),
  ]);
  if (code !== 0) throw new Error(`npm config list failed: ${err.toString().trim()}`);
  return listed.parse(JSON.parse(out.toString()));
}

/** An environment in which npm finds nothing that somebody has set: files that aren't there, under two names, since npm takes no file twice. */
function unconfigured(): NodeJS.ProcessEnv {
  const nowhere = join(tmpdir(), randomUUID());
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name));
  return { ...Object.fromEntries(kept), npm_config_userconfig: `${nowhere}-user`, npm_config_globalconfig: `${nowhere}-global` };
}

function hostOf({ registry }: Record<string, unknown>): string | undefined {
  return typeof registry === 'string' && URL.canParse(registry) ? new URL(registry).host : undefined;
}

function settingLines(key: string, value: unknown): string[] {
  if (value === null || value === undefined || value === '') return [];
  if (Array.isArray(value)) return value.map((one) => `${key}[]=${text(one)}`);
  return [`${key}=${text(value)}`];
}

/** An npmrc is an INI file: quotes keep what would end a line or begin a comment. */
function text(value: unknown): string {
  return /[\n;#"]/.test(String(value)) ? JSON.stringify(String(value)) : String(value);
}

function credentialLines(settings: Record<string, unknown>, publicHost: string | undefined): string[] {
  const { userconfig, globalconfig } = settings;
  const host = hostOf(settings);
  if (host === undefined || host === publicHost) return [];
  return [globalconfig, userconfig].flatMap((path) =>
    typeof path === 'string' && existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .filter((line) => line.startsWith(`//${host}/`))
          .map((line) => line.replace(/\$\{(\w+)\}/g, (whole, name: string) => process.env[name] ?? whole))
      : [],
  );
}
