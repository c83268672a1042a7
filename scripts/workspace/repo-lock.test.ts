import { describe, expect, it } from 'vitest';
import { lockText } from '../locks/lock-text.mjs';
import { type Lock, repoLock } from '../locks/repo-lock.mjs';

type Entries = Record<string, Record<string, unknown>>;

/** The lock of a workspace with the repo `shop` and what else is named, as npm writes it. */
const workspace = (shop: Record<string, unknown>, others: Entries): Lock => ({
  lockfileVersion: 3,
  packages: {
    '': { name: 'all', workspaces: ['shop'] },
    shop: { version: '1.0.0', ...shop },
    'node_modules/shop': linkTo('shop'),
    ...others,
  },
});
const linkTo = (folder: string) => ({ resolved: folder, link: true });
/** Its packages, the repo's package.json being what the workspace's lock says of it. */
const shopAlone = (shop: Record<string, unknown>, others: Entries) =>
  repoLock(workspace(shop, others), 'shop', { name: 'shop', version: '1.0.0', ...shop }).packages;

describe('a repo’s lock, taken from the workspace’s', () => {
  it('has what the repo reaches and nothing else', () => {
    const packages = shopAlone(
      { dependencies: { a: '1.0.0' } },
      {
        'node_modules/a': { version: '1.0.0', integrity: 'sha512-a', dependencies: { b: '^2.0.0' } },
        'node_modules/b': { version: '2.1.0', integrity: 'sha512-b' },
        'node_modules/unused': { version: '9.0.0' },
      },
    );
    expect(packages).toEqual({
      '': { name: 'shop', version: '1.0.0', dependencies: { a: '1.0.0' } },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-a', dependencies: { b: '^2.0.0' } },
      'node_modules/b': { version: '2.1.0', integrity: 'sha512-b' },
    });
  });

  it('gives each package the version that it finds in the workspace, where the repo’s own takes the place at the root', () => {
    const packages = shopAlone(
      { dependencies: { a: '1.0.0', b: '3.0.0' } },
      {
        'shop/node_modules/b': { version: '3.0.0' },
        'node_modules/a': { version: '1.0.0', dependencies: { b: '2.0.0', c: '1.0.0' } },
        'node_modules/b': { version: '2.0.0' },
        'node_modules/a/node_modules/c': { version: '1.0.0', dependencies: { d: '1.0.0' } },
        'node_modules/a/node_modules/d': { version: '1.0.0' },
      },
    );
    const versions = Object.entries(packages).map(([place, { version }]) => `${place} ${version}`);
    expect(versions.sort()).toEqual([
      ' 1.0.0',
      'node_modules/a 1.0.0',
      'node_modules/a/node_modules/b 2.0.0',
      'node_modules/a/node_modules/c 1.0.0',
      'node_modules/a/node_modules/d 1.0.0',
      'node_modules/b 3.0.0',
    ]);
  });

  it('lets a peer be the one that the repo names', () => {
    const packages = shopAlone(
      { dependencies: { a: '1.0.0', b: '3.0.0' } },
      {
        'shop/node_modules/b': { version: '3.0.0' },
        'node_modules/a': { version: '1.0.0', peerDependencies: { b: '2 || 3' } },
        'node_modules/b': { version: '2.0.0' },
      },
    );
    expect(Object.keys(packages).sort()).toEqual(['', 'node_modules/a', 'node_modules/b']);
    expect(packages['node_modules/b']).toMatchObject({ version: '3.0.0' });
  });

  it('has another repo’s package by its version, with what it depends on and without what it is developed with', () => {
    const packages = shopAlone(
      { dependencies: { '@x/kit': '0.4.0' } },
      {
        kit: {
          name: '@x/kit',
          version: '0.4.0',
          license: 'UNLICENSED',
          dependencies: { b: '2.0.0' },
          devDependencies: { tester: '1.0.0' },
        },
        'node_modules/@x/kit': linkTo('kit'),
        'kit/node_modules/b': { version: '2.0.0' },
        'node_modules/tester': { version: '1.0.0', dev: true },
      },
    );
    expect(packages).toEqual({
      '': { name: 'shop', version: '1.0.0', dependencies: { '@x/kit': '0.4.0' } },
      'node_modules/@x/kit': { version: '0.4.0', license: 'UNLICENSED', dependencies: { b: '2.0.0' } },
      'node_modules/@x/kit/node_modules/b': { version: '2.0.0' },
    });
  });

  it('keeps the packages that lie in the repo as folders of it', () => {
    const kit = { name: '@x/kit', version: '0.4.0', dependencies: { b: '2.0.0' }, devDependencies: { tester: '1.0.0' } };
    const packages = shopAlone(
      { workspaces: ['packages/kit'], dependencies: { '@x/kit': '0.4.0' } },
      {
        'shop/packages/kit': kit,
        'node_modules/@x/kit': linkTo('shop/packages/kit'),
        'node_modules/b': { version: '2.0.0' },
        'node_modules/tester': { version: '1.0.0' },
      },
    );
    expect(packages).toEqual({
      '': { name: 'shop', version: '1.0.0', workspaces: ['packages/kit'], dependencies: { '@x/kit': '0.4.0' } },
      'packages/kit': kit,
      'node_modules/@x/kit': linkTo('packages/kit'),
      'node_modules/b': { version: '2.0.0' },
      'node_modules/tester': { version: '1.0.0', dev: true },
    });
  });

  it('flags what is there for development, by option or as a peer, as this repo reaches it', () => {
    const packages = shopAlone(
      { dependencies: { a: '1.0.0' }, devDependencies: { tool: '1.0.0' } },
      {
        'node_modules/a': { version: '1.0.0', dev: true, optionalDependencies: { fast: '1.0.0', absent: '1.0.0' } },
        'node_modules/fast': { version: '1.0.0', dev: true },
        'node_modules/tool': { version: '1.0.0', dependencies: { fast: '1.0.0' }, peerDependencies: { host: '1.0.0' } },
        'node_modules/host': { version: '1.0.0', peerDependencies: { other: '*' }, peerDependenciesMeta: { other: { optional: true } } },
        'node_modules/other': { version: '1.0.0' },
      },
    );
    const flags = Object.entries(packages).map(([place, { version, dependencies, ...entry }]) => [
      place,
      Object.keys(entry).filter((key) => entry[key] === true),
    ]);
    expect(Object.fromEntries(flags)).toEqual({
      '': [],
      'node_modules/a': [],
      'node_modules/fast': ['devOptional'],
      'node_modules/tool': ['dev'],
      'node_modules/host': ['dev', 'peer'],
    });
  });

  it('is refused where the workspace’s lock isn’t of the package.json, or lacks a package', () => {
    const lock = workspace({ dependencies: { a: '1.0.0' } }, {});
    const newer = { name: 'shop', version: '1.0.0', dependencies: { a: '1.0.1' } };
    expect(() => repoLock(lock, 'shop', newer)).toThrow(/isn't of shop\/package.json: npm install at the root/);
    expect(() => repoLock(lock, 'shop', { ...newer, dependencies: { a: '1.0.0' } })).toThrow(/lacks a, which shop needs/);
    expect(() => repoLock(lock, 'barn', newer)).toThrow(/isn't of barn\/package.json/);
  });

  it('is refused where a package would find another version than in the workspace', () => {
    const odd = () =>
      shopAlone(
        { dependencies: { a: '1.0.0', b: '3.0.0' } },
        {
          'shop/node_modules/a': { version: '1.0.0', dependencies: { c: '2.0.0' } },
          'shop/node_modules/c': { version: '2.0.0' },
          'node_modules/b': { version: '3.0.0', dependencies: { d: '1.0.0' } },
          'node_modules/d': { version: '1.0.0', peerDependencies: { c: '1.0.0' } },
          'node_modules/c': { version: '1.0.0' },
        },
      );
    expect(odd).toThrow('shop alone: node_modules/d would find c as shop/node_modules/c, in the workspace it is node_modules/c');
  });
});

describe('the text of a lock', () => {
  it('has keys in npm’s order: plain values and lists, then objects, well-known ones first', () => {
    const entry = {
      peerDependencies: {},
      engines: {},
      os: ['linux'],
      license: 'MIT',
      dependencies: {},
      dev: true,
      integrity: 'i',
      version: '1',
    };
    const text = lockText({ packages: { b: entry, a: {} }, requires: true, lockfileVersion: 3, version: '1', name: 'n' });
    expect([...text.matchAll(/"(\w+)":/g)].map(([, key]) => key)).toEqual(
      ['name', 'version', 'lockfileVersion', 'requires', 'packages', 'a', 'b'].concat([
        'version',
        'integrity',
        'dev',
        'license',
        'os',
        'dependencies',
        'engines',
        'peerDependencies',
      ]),
    );
    expect(text.endsWith('}\n')).toBe(true);
  });
});
