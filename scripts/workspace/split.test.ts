import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { split } from '../split/split.mjs';
import { MadeUpRepository } from './made-up-repository.ts';

// Each test starts git some dozen times: tens of milliseconds each, many times that on a machine at work.
vi.setConfig({ testTimeout: 60_000 });

let all: MadeUpRepository;
beforeEach(() => {
  all = new MadeUpRepository();
});
afterEach(() => all.remove());

const said: string[] = [];
const splitTo = (target: string, folders: readonly string[], source = all.folder) => {
  said.length = 0;
  return split({ source, folders, target, tell: (line) => said.push(line) });
};
const splitAll = (...folders: string[]) => splitTo(all.target, folders);
/** A split repository's git. */
const at = (folder: string, ...args: string[]) => all.gitIn(join(all.target, folder), ...args);
const subjects = (folder: string) => at(folder, 'log', '--reverse', '--topo-order', '--format=%s', 'main').split('\n');
/** Every file's contents that a repository holds, in any of its objects, reachable or not. */
const contents = (folder: string) =>
  at(folder, 'cat-file', '--batch-all-objects', '--batch-check=%(objecttype) %(objectname)')
    .split('\n')
    .filter((line) => line.startsWith('blob '))
    .map((line) => at(folder, 'cat-file', 'blob', line.slice('blob '.length)))
    .sort();

describe('a folder’s own repository', () => {
  it('has the commits that touched the folder, their paths moved up, and is checked out on main', () => {
    all.commit('Begin', { 'README.md': 'all', 'pump/a.txt': 'a', 'sun/b.txt': 'b' });
    all.commit('Change the sun', { 'sun/b.txt': 'b2' });
    all.commit('Change nothing');
    all.commit('Change both', { 'pump/deep/c.txt': 'c', 'sun/d.txt': 'd' });
    all.commit('Change the root', { 'README.md': 'all 2' });

    expect(splitAll('pump', 'sun')).toMatchObject([
      { folder: 'pump', commits: 2, added: 2 },
      { folder: 'sun', commits: 3, added: 3 },
    ]);
    expect(subjects('pump')).toEqual(['Begin', 'Change both']);
    expect(subjects('sun')).toEqual(['Begin', 'Change the sun', 'Change both']);
    expect(at('pump', 'rev-parse', 'main^{tree}')).toBe(all.git('rev-parse', 'HEAD:pump'));
    expect(at('pump', 'ls-tree', '-r', '--name-only', 'main').split('\n')).toEqual(['a.txt', 'deep/c.txt']);
    expect(readFileSync(join(all.target, 'pump', 'deep', 'c.txt'), 'utf8')).toBe('c');
    expect(at('pump', 'status', '--porcelain', '--branch')).toBe('## main');
    expect(at('pump', 'fsck', '--strict')).toBe('');
  });

  it('keeps authors, committers, dates, time zones and messages to the byte', () => {
    all.commit('Begin\n\nWith a body: “ünïcode”.\n', { 'pump/a.txt': 'a' });
    all.git('config', 'i18n.commitEncoding', 'ISO-8859-1');
    all.commit('Change', { 'pump/a.txt': 'a2' });
    splitAll('pump');
    const headers = (commit: string) => commit.split('\n').filter((line) => !/^(tree|parent) /.test(line));
    for (const commit of ['main', 'main^'])
      expect(headers(at('pump', 'cat-file', 'commit', commit))).toEqual(headers(all.git('cat-file', 'commit', commit)));
    expect(at('pump', 'cat-file', 'commit', 'main')).toContain('encoding ISO-8859-1');
  });

  it('has what was moved in from another folder from then on, and nothing else of that folder', () => {
    all.commit('Begin', { 'pump/stays.txt': 'stays', 'pump/moves.txt': 'moves', 'sun/b.txt': 'b' });
    all.git('mv', 'pump/moves.txt', 'sun/moved.txt');
    all.commit('Move');
    all.commit('Go on', { 'sun/moved.txt': 'moved and changed' });
    splitAll('pump', 'sun');
    expect(subjects('pump')).toEqual(['Begin', 'Move']);
    expect(subjects('sun')).toEqual(['Begin', 'Move', 'Go on']);
    expect(at('sun', 'show', '--format=', '--name-status', 'main^')).toBe('A\tmoved.txt');
    expect(at('pump', 'show', '--format=', '--name-status', 'main')).toBe('D\tmoves.txt');
    expect(contents('pump')).toEqual(['moves', 'stays']);
    expect(contents('sun')).toEqual(['b', 'moved and changed', 'moves']);
  });

  it('keeps programs, links and names of any kind', () => {
    mkdirSync(join(all.folder, 'pump'));
    writeFileSync(join(all.folder, 'pump', 'run "it" é.sh'), '#!/bin/sh\n');
    chmodSync(join(all.folder, 'pump', 'run "it" é.sh'), 0o755);
    symlinkSync('run "it" é.sh', join(all.folder, 'pump', 'link'));
    all.commit('Begin');
    splitAll('pump');
    expect(at('pump', 'ls-tree', '-z', 'main')).toBe(all.git('ls-tree', '-z', 'HEAD:pump'));
  });

  it('goes through a time without the folder', () => {
    all.commit('Begin', { 'pump/a.txt': 'a', 'sun/b.txt': 'b' });
    all.commit('Take it away', { 'pump/a.txt': null });
    all.commit('Meanwhile', { 'sun/b.txt': 'b2' });
    all.commit('Bring it back', { 'pump/a.txt': 'a again' });
    splitAll('pump');
    expect(subjects('pump')).toEqual(['Begin', 'Take it away', 'Bring it back']);
    expect(at('pump', 'ls-tree', 'main^')).toBe('');
  });

  it('keeps merges of lines that both touched the folder, and no others', () => {
    all.commit('Begin', { 'pump/a.txt': 'a', 'sun/b.txt': 'b' });
    all.git('checkout', '--quiet', '-b', 'side');
    all.commit('Beside', { 'pump/side.txt': 'side' });
    all.git('checkout', '--quiet', 'main');
    all.commit('Meanwhile', { 'sun/b.txt': 'b2' });
    all.merge('side');
    all.git('checkout', '--quiet', '-b', 'other');
    all.commit('Beside again', { 'pump/other.txt': 'other' });
    all.git('checkout', '--quiet', 'main');
    all.commit('Meanwhile in the pump', { 'pump/a.txt': 'a2' });
    all.merge('other');
    splitAll('pump', 'sun');
    expect(
      at('pump', 'log', '--topo-order', '--reverse', '--format=%s|%p', 'main')
        .split('\n')
        .map((line) => line.split('|')[1]?.split(' ').filter(Boolean).length),
    ).toEqual([0, 1, 1, 1, 2]);
    expect(new Set(subjects('pump'))).toEqual(new Set(['Begin', 'Beside', 'Beside again', 'Meanwhile in the pump', 'Merge other']));
    expect(subjects('sun')).toEqual(['Begin', 'Meanwhile']);
  });
});

describe('a folder that two lines began apart', () => {
  it('has both beginnings, and one history from their merge on', () => {
    all.commit('Begin', { 'sun/b.txt': 'b' });
    all.git('checkout', '--quiet', '-b', 'side');
    all.commit('Begin beside', { 'pump/side.txt': 'side' });
    all.git('checkout', '--quiet', 'main');
    all.commit('Begin the pump', { 'pump/a.txt': 'a' });
    all.merge('side');
    splitAll('pump');
    expect(at('pump', 'log', '--max-parents=0', '--format=%s', 'main').split('\n').sort()).toEqual(['Begin beside', 'Begin the pump']);
    expect(at('pump', 'log', '--min-parents=2', '--format=%s', 'main')).toBe('Merge side');
  });
});

describe('splitting again', () => {
  it('brings what is new, on top of what was there', () => {
    all.commit('Begin', { 'pump/a.txt': 'a', 'sun/b.txt': 'b' });
    splitAll('pump', 'sun');
    const before = at('pump', 'rev-parse', 'main');
    all.commit('Go on', { 'pump/a.txt': 'a2' });
    all.commit('And on', { 'pump/c.txt': 'c' });
    expect(splitAll('pump', 'sun')).toMatchObject([
      { folder: 'pump', commits: 3, added: 2 },
      { folder: 'sun', commits: 1, added: 0 },
    ]);
    expect(at('pump', 'rev-parse', 'main~2')).toBe(before);
    expect(readFileSync(join(all.target, 'pump', 'c.txt'), 'utf8')).toBe('c');
    expect(at('pump', 'status', '--porcelain')).toBe('');
    expect(at('pump', 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    expect(said.join('\n')).toMatch(/✔ pump: 2 new commits, 3 in all, main is [\da-f]{10} .*\n✔ sun: nothing new/);
  });

  it('gives the same commits in another place, from another clone, with what came later beside them', () => {
    all.commit('Begin', { 'pump/a.txt': 'a', 'sun/b.txt': 'b' });
    all.commit('Go on', { 'pump/a.txt': 'a2' });
    const [first] = splitAll('pump');
    all.commit('Elsewhere', { 'sun/b.txt': 'b2' });
    const clone = join(all.target, 'clone');
    all.git('clone', '--quiet', '--no-local', all.folder, clone);
    const [second] = splitTo(join(all.target, 'second'), ['pump'], clone);
    expect(second?.tip).toBe(first?.tip);
  });

  it('makes good what was interrupted', () => {
    all.commit('Begin', { 'pump/a.txt': 'a' });
    mkdirSync(join(all.target, 'pump'), { recursive: true });
    at('pump', 'init', '--quiet', '--initial-branch=main');
    splitAll('pump');
    expect(existsSync(join(all.target, 'pump', 'a.txt'))).toBe(true);
  });

  it('moves main alone where another branch is checked out, or none', () => {
    all.commit('Begin', { 'pump/a.txt': 'a', 'sun/b.txt': 'b' });
    splitAll('pump', 'sun');
    at('pump', 'checkout', '--quiet', '-b', 'try');
    at('sun', 'checkout', '--quiet', '--detach');
    all.commit('Go on', { 'pump/a.txt': 'a2', 'sun/b.txt': 'b2' });
    for (const { folder, tip } of splitAll('pump', 'sun')) {
      expect(at(folder, 'rev-parse', 'main')).toBe(tip);
      expect(at(folder, 'rev-parse', 'HEAD')).toBe(at(folder, 'rev-parse', 'main^'));
      expect(at(folder, 'status', '--porcelain')).toBe('');
    }
  });

  it('leaves a repository alone in which somebody went on', () => {
    all.commit('Begin', { 'pump/a.txt': 'a' });
    splitAll('pump');
    at('pump', 'commit', '--quiet', '--allow-empty', '--message', 'Made there');
    const theirs = at('pump', 'rev-parse', 'main');
    expect(() => splitAll('pump')).toThrow(/pump has commits that were made there/);
    all.commit('Go on', { 'pump/a.txt': 'a2' });
    expect(() => splitAll('pump')).toThrow(/pump has commits that this history doesn't have/);
    expect(at('pump', 'rev-parse', 'main')).toBe(theirs);
  });

  it('leaves a file alone that somebody changed there', () => {
    all.commit('Begin', { 'pump/a.txt': 'a' });
    splitAll('pump');
    writeFileSync(join(all.target, 'pump', 'a.txt'), 'theirs');
    all.commit('Go on', { 'pump/a.txt': 'a2' });
    expect(() => splitAll('pump')).toThrow(/git merge: .*a\.txt/s);
    expect(readFileSync(join(all.target, 'pump', 'a.txt'), 'utf8')).toBe('theirs');
  });
});

describe('what can’t be split', () => {
  it('is a shallow clone', () => {
    all.commit('Begin', { 'pump/a.txt': 'a' });
    all.commit('Go on', { 'pump/a.txt': 'a2' });
    const clone = join(all.target, 'clone');
    all.git('clone', '--quiet', '--depth=1', `file://${all.folder}`, clone);
    expect(() => splitTo(all.target, ['pump'], clone)).toThrow(/This clone is shallow.*git fetch --unshallow/);
  });

  it('is a folder without history, and one whose files aren’t committed', () => {
    expect(() => splitAll('pump')).toThrow(/has no git history/);
    all.commit('Begin', { 'sun/b.txt': 'b', pump: 'a file of this name' });
    expect(() => splitAll('pump')).toThrow(/No commit of this branch has a folder pump/);
    expect(existsSync(join(all.target, 'pump'))).toBe(false);
  });

  it('is a place where something else lies', () => {
    all.commit('Begin', { 'pump/a.txt': 'a' });
    mkdirSync(join(all.target, 'pump'), { recursive: true });
    writeFileSync(join(all.target, 'pump', 'mine.txt'), 'mine');
    expect(() => splitAll('pump')).toThrow(/pump is there and no git repository/);
    expect(readdirSync(join(all.target, 'pump'))).toEqual(['mine.txt']);
  });

  it('is said where a folder has changes that aren’t committed', () => {
    all.commit('Begin', { 'pump/a.txt': 'a', 'sun/b.txt': 'b' });
    writeFileSync(join(all.folder, 'pump', 'new.txt'), 'new');
    splitAll('pump', 'sun');
    expect(said.filter((line) => line.includes('committed'))).toEqual(["  not in it: the changes of 1 file, which aren't committed"]);
  });
});
