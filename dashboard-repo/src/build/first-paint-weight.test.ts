import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { weightOf } from './first-paint-weight.ts';

const size = (code: string): number => gzipSync(code, { level: 9 }).length;

it('counts every script that the entry needs to run, once, and none that comes later', () => {
  const scripts = new Map([
    ['entry.js', { code: 'entry', imports: ['a.js', 'b.js'] }],
    ['a.js', { code: 'aaa', imports: ['b.js'] }],
    ['b.js', { code: 'bbb', imports: ['a.js'] }],
    ['later.js', { code: 'later', imports: [] }],
  ]);
  expect(weightOf(['entry.js'], scripts)).toBe(size('entry') + size('aaa') + size('bbb'));
  expect(() => weightOf(['gone.js'], scripts)).toThrow('gone.js is not among the built scripts');
});
