import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readMachineNpm } from './machine-npm.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'machine-npm-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An npm that tells these settings, and a user's npmrc of these lines. */
function npm(settings: object, userconfig: string): string {
  const npmrc = join(folder, 'npmrc');
  writeFileSync(npmrc, userconfig);
  const program = join(folder, 'npm-cli.js');
  writeFileSync(program, `console.log(${JSON.stringify(JSON.stringify({ userconfig: npmrc, ...settings }))})`);
  return program;
}

/** A variable, as npmrc files name it. */
const REFERENCE = ['$', '{TOKEN_OF_TEST}'].join('');
const CREDENTIALS = [
  '//registry.npmjs.org/:_authToken=public',
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
  expect(await readMachineNpm(npm({ registry: 'https://registry.npmjs.org/' }, CREDENTIALS))).toBe(
    'registry=https://registry.npmjs.org/\n',
  );
});

it('tells what npm complains of', async () => {
  const program = join(folder, 'npm-cli.js');
  writeFileSync(program, "console.error('no such thing'); process.exit(1)");
  await expect(readMachineNpm(program)).rejects.toThrow('npm config list failed: no such thing');
});
