import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lastAlive, noteAlive } from './last-alive.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'last-alive-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('tells of each device until when it lived, however many lived last', () => {
  expect(lastAlive(directory)(1)).toBeUndefined();
  noteAlive(directory, 500)();
  const first = lastAlive(directory)(400) ?? 0;
  expect(Math.abs(first - Date.now() / 1000)).toBeLessThan(2);
  const end = noteAlive(directory, 50);
  // A kill may come only after some seconds.
  expect(lastAlive(directory)(50)).toBeGreaterThan(Date.now() / 1000 + 3);
  expect(lastAlive(directory)(51)).toBe(first);
  end();
  expect(lastAlive(directory)(50)).toBeLessThan(Date.now() / 1000 + 2);
  expect(lastAlive(directory)(501)).toBeUndefined();
});
