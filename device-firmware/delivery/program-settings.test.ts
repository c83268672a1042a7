import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBoronProject } from './boron-project.ts';
import { readSettings } from './program-settings.ts';

let folder: string;
const project = (name: string, main: string) => {
  mkdirSync(join(folder, name, 'src', 'core'), { recursive: true });
  mkdirSync(join(folder, name, '.vscode'), { recursive: true });
  writeFileSync(join(folder, name, 'project.properties'), 'name=x');
  writeFileSync(join(folder, name, 'src', 'main.cpp'), main);
  writeFileSync(join(folder, name, 'src', 'core', 'device.h'), '#pragma once');
  writeFileSync(join(folder, name, '.vscode', 'settings.json'), '{}');
  return join(folder, name);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'program-settings-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const boron = { platform_id: 13, device_os: '6.3.0' };

describe('a project in the cloud assembly', () => {
  it('is read whole, but for what is an editor’s; its hash tells other sources apart', () => {
    const one = readBoronProject(project('one', '// first\nPRODUCT_VERSION(7);\n'), boron);
    expect(one.version).toBe(7);
    expect([...one.files.keys()]).toEqual(['project.properties', 'src/core/device.h', 'src/main.cpp']);
    expect(readBoronProject(project('two', '// first\nPRODUCT_VERSION(7);\n'), boron).hash).toBe(one.hash);
    expect(readBoronProject(project('three', '// second\nPRODUCT_VERSION(7);\n'), boron).hash).not.toBe(one.hash);
  });

  it('is another one for another Device OS or platform: the same version must not mean both', () => {
    const folder = project('for', 'PRODUCT_VERSION(7);');
    const hashes = [boron, { ...boron, device_os: '6.3.1' }, { ...boron, platform_id: 26 }].map(
      (target) => readBoronProject(folder, target).hash,
    );
    expect(new Set(hashes).size).toBe(3);
  });

  it('must state its version once', () => {
    expect(() => readBoronProject(project('none', 'int main;'), boron)).toThrow('states its PRODUCT_VERSION 0 times, not once');
    expect(() => readBoronProject(project('both', 'PRODUCT_VERSION(1);\nPRODUCT_VERSION(2);'), boron)).toThrow('2 times');
  });
});

describe('what the pipeline tells its programs', () => {
  it('is read, and what is missing or wrong is named without its value', () => {
    const variables = {
      STAGE: 'dev',
      PARTICLE_GROUP: 'dev',
      PARTICLE_PRODUCT: 'pumps',
      PARTICLE_PLATFORM_ID: '13',
      DEVICE_OS: '6.3.0',
      PARTICLE_API_URL: 'https://api.particle.io/',
      PARTICLE_ACCESS_TOKEN: 'secret-token',
      COMMIT_ID: '0123456789',
      COMMIT_MESSAGE: '',
      APPROVALS_TOPIC_ARN: 'arn:aws:sns:us-east-2:410000000001:approvals',
      PIPELINE_NAME: 'device-firmware',
      EXECUTION_ID: 'one',
      WAIT_MINUTES: '15',
      PROJECT_FOLDER: project('told', 'PRODUCT_VERSION(3);'),
    };
    const { settings, project: read } = readSettings(variables);
    expect([settings.WAIT_MINUTES, settings.PARTICLE_API_URL, read.version]).toEqual([15, 'https://api.particle.io', 3]);
    const { PARTICLE_GROUP: _, ...without } = variables;
    const wrong = () => readSettings({ ...without, PARTICLE_API_URL: 'secret-token' });
    expect(wrong).toThrow(/PARTICLE_GROUP: .*\nPARTICLE_API_URL: /);
    expect(wrong).not.toThrow(/secret-token/);
  });
});
