import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repoFolders, repoLocks } from '../locks/repos.mjs';
import { manifestIn, repos, root } from './source-files.ts';

const record = z.record(z.string(), z.string());
const lockFile = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      integrity: z.string().optional(),
      resolved: z.string().optional(),
      link: z.boolean().optional(),
      inBundle: z.boolean().optional(),
      dependencies: record.optional(),
      devDependencies: record.optional(),
    }),
  ),
});
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const lockIn = (folder: string) => lockFile.parse(JSON.parse(read(join(folder, 'package-lock.json')))).packages;
const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
const isInstalled = ([place]: [string, unknown]) => place.includes('node_modules/');

/** Every package of the workspace as name, version and checksum. */
const ofWorkspace = new Set(
  Object.entries(lockIn('.'))
    .filter(isInstalled)
    .map(([place, { version, integrity }]) => `${nameOf(place)} ${version} ${integrity}`),
);

describe('a repo’s own lock file', () => {
  it('is made for every repo', () => {
    expect(repoFolders(root)).toEqual(repos);
  });

  it.each(repoLocks(root).map((made) => [made.path, made] as const))(
    '%s is what the workspace’s gives (npm run locks)',
    (path, { text }) => {
      expect(existsSync(join(root, path)) ? read(path) : undefined).toBe(text);
    },
  );

  it.each(repos)('has what the package.json names, at the version that it names: %s', (repo) => {
    const packages = lockIn(repo);
    const { dependencies, devDependencies } = manifestIn(repo);
    expect({ dependencies: packages['']?.dependencies ?? {}, devDependencies: packages['']?.devDependencies ?? {} }).toEqual({
      dependencies,
      devDependencies,
    });
    const found = Object.keys({ ...dependencies, ...devDependencies }).map((name) => {
      const entry = packages[`node_modules/${name}`];
      return [name, (entry?.link === true ? packages[entry.resolved ?? ''] : entry)?.version];
    });
    expect(Object.fromEntries(found)).toEqual({ ...dependencies, ...devDependencies });
  });

  it.each(repos)('has public packages as the workspace has them, and the system’s own by version alone: %s', (repo) => {
    const installed = Object.entries(lockIn(repo)).filter(isInstalled);
    const isOwn = ([place]: [string, unknown]) => nameOf(place).startsWith('@enstratus/');
    const others = installed
      .filter((entry) => !isOwn(entry))
      .map(([place, { version, integrity }]) => `${nameOf(place)} ${version} ${integrity}`);
    expect(others.filter((other) => !ofWorkspace.has(other))).toEqual([]);
    for (const [place, { version, integrity, link, inBundle }] of installed) {
      const bySum = integrity !== undefined;
      // What lies in another package's archive is summed up with it.
      expect({ place, bySum }).toEqual({ place, bySum: !nameOf(place).startsWith('@enstratus/') && inBundle !== true });
      if (link !== true) expect({ place, version }).toEqual({ place, version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    }
  });

  it.each(repos)('names no registry: %s', (repo) => {
    const addresses = Object.entries(lockIn(repo)).filter(([, { resolved, link }]) => resolved !== undefined && link !== true);
    expect(addresses).toEqual([]);
    expect(read(join(repo, '.npmrc'))).toContain('omit-lockfile-registry-resolved=true');
    expect(read(join(repo, '.npmrc'))).not.toMatch(/registry=|\/\//);
  });
});

describe('a repo alone', () => {
  it.each(repos)('leaves out of git what the workspace leaves out: %s', (repo) => {
    expect(read(join(repo, '.gitignore'))).toBe(read('.gitignore'));
  });

  it.each(repos)('says which Node installs it: %s', (repo) => {
    const { engines } = z.object({ engines: record }).parse(JSON.parse(read('package.json')));
    expect(JSON.parse(read(join(repo, 'package.json')))).toMatchObject({ engines });
  });
});
