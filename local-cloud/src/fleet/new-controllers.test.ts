import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fleetDevice } from './fleet-device.ts';
import { NewControllers } from './new-controllers.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'enstratus-new-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('a mounted controller is a device of its own, and there again after a restart', () => {
  const file = join(directory, 'new.json');
  const controllers = new NewControllers(file);
  const first = fleetDevice.parse(controllers.mount());
  const second = fleetDevice.parse(controllers.mount(first));
  expect(new Set([first.device_id, second.device_id]).size).toBe(2);
  expect(second.particle_id).not.toBe(first.particle_id);
  expect(Math.abs(second.lat - first.lat)).toBeLessThan(0.02);
  expect(new NewControllers(file).all).toEqual([first, second]);
});

it('without a file they are forgotten, and a wrong file is no list', () => {
  expect(new NewControllers(undefined).mount().device_id).toMatch(/^new-[0-9a-f]{6}$/);
  const file = join(directory, 'new.json');
  writeFileSync(file, '[{"device_id":"x"}]');
  expect(() => new NewControllers(file)).toThrow('particle_id');
});
