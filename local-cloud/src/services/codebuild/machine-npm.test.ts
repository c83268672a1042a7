import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readMachineNpm } from './machine-npm.ts';

/** Stands for the one that npm has built in. */
const PUBLIC_REGISTRY = 'https://public.example.com/';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'machine-npm-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An npm that tells these settings, and a user's npmrc of these lines; where nobody has set anything, only its own registry. */
function npm(settings: object, userconfig: string): string {
  const npmrc = join(folder, 'npmrc');
  writeFileSync(npmrc, userconfig);
  const program = join(folder, 'npm-cli.js');
  const [set, builtIn] = [{ userconfig: npmrc, ...settings }, { registry: PUBLIC_REGISTRY }].map((one) =>
    JSON.stringify(JSON.stringify(one)),
  );
  writeFileSync(program, `console.log(process.env.npm_config_userconfig?.endsWith('-user') ? ${builtIn} : ${set})`);
  return program;
}

/** A variable, as npmrc files name it. */
const REFERENCE = ['$', '{TOKEN_OF_TEST}'].join('');
const CREDENTIALS = [
  '//public.example.com/:_authToken=public',
  `//packages.example.com/npm/:_authToken=${REFERENCE}`,
  '//other.example.com/:_authToken=other',
].join('\n');

it('takes over how registries are reached, and nothing else', async () => {
  const settings = {
    registry: 'https://packages.example.com/npm/',
    '@mine:registry': 'https://mine.example.com/',
    'https-proxy': 'http://proxy:3128',
    proxy: null,
    cafile: '/etc/ca;certs.pem',
    ca: ['one\ntwo'],
    prefix: '/somewhere',
    email: 'me@example.com',
    'init-author-name': 'Me',
  };
  process.env['TOKEN_OF_TEST'] = 'private';
  const text = await readMachineNpm(npm(settings, `email=me@example.com\n${CREDENTIALS}`));
  delete process.env['TOKEN_OF_TEST'];
  expect(text.split('\n').filter((line) => line !== '')).toEqual([
    'registry=https://packages.example.com/npm/',
    '@mine:registry=https://mine.example.com/',
    'https-proxy=http://proxy:3128',
    'cafile="/etc/ca;certs.pem"',
    String.raw`ca[]="one\ntwo"`,
    '//packages.example.com/npm/:_authToken=private',
  ]);
});

it('takes over no credentials of the public registry', async () => {
  expect(await readMachineNpm(npm({ registry: PUBLIC_REGISTRY }, CREDENTIALS))).toBe(`registry=${PUBLIC_REGISTRY}\n`);
});

it('tells what npm complains of', async () => {
  const program = join(folder, 'npm-cli.js');
  writeFileSync(program, "console.error('no such thing'); process.exit(1)");
  await expect(readMachineNpm(program)).rejects.toThrow('npm config list failed: no such thing');
});
