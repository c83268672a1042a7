import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { BuildspecError, parseBuildspec } from './buildspec.ts';

const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/);
const text = fc.string({ minLength: 1, maxLength: 30 });
const list = fc.array(text, { maxLength: 4 });
const phase = fc.record(
  { commands: list, finally: list, 'on-failure': fc.constantFrom('ABORT', 'CONTINUE') },
  { requiredKeys: ['commands'] },
);
const artifact = {
  files: fc.array(text, { minLength: 1 }),
  'discard-paths': fc.boolean(),
  'base-directory': text,
  'exclude-paths': list,
  name: text,
};
const spec = fc.record(
  {
    version: fc.constantFrom(0.2 as const, '0.2' as const),
    env: fc.record(
      {
        shell: fc.constantFrom('bash', '/bin/sh'),
        variables: fc.dictionary(name, text),
        'parameter-store': fc.dictionary(name, text),
        'exported-variables': fc.array(name),
      },
      { requiredKeys: [] },
    ),
    phases: fc.record({ install: phase, pre_build: phase, build: phase, post_build: phase }, { requiredKeys: [] }),
    artifacts: fc.record(
      { ...artifact, 'secondary-artifacts': fc.dictionary(name, fc.record(artifact, { requiredKeys: ['files'] })) },
      { requiredKeys: [] },
    ),
    cache: fc.record({ paths: fc.array(text) }),
  },
  { requiredKeys: ['version', 'phases'] },
);

it('reads the same from YAML and JSON, and loses nothing', () => {
  fc.assert(
    fc.property(spec, (written) => {
      const read = parseBuildspec(stringify(written));
      expect(parseBuildspec(JSON.stringify(written, null, 2))).toEqual(read);
      expect(read).toMatchObject({ ...written, version: 0.2 });
    }),
  );
});

it('takes what people write: scalars for lists, yes and no, numbers as values', () => {
  const read = parseBuildspec(`version: 0.2
env:
  variables: { COUNT: 3, ON: true }
phases:
  build:
    commands: npm test
  post_build:
    commands:
      - |
        one
        two
artifacts:
  files: '**/*'
  discard-paths: yes
`);
  expect(read.env).toMatchObject({ shell: 'sh', variables: { COUNT: '3', ON: 'true' } });
  expect(read.phases).toMatchObject({ build: { commands: ['npm test'], finally: [] }, post_build: { commands: ['one\ntwo\n'] } });
  expect(read.artifacts).toMatchObject({ files: ['**/*'], 'discard-paths': true, 'base-directory': '.', 'secondary-artifacts': {} });
});

it.each([
  ['', 'the buildspec:'],
  ['- a', 'the buildspec:'],
  ['version: 0.2\nphases: *b', 'Unresolved alias'],
  ['version: 0.2', 'phases:'],
  ['version: 0.2\nphases: { build: { commands: [[]] } }', 'phases/build/commands'],
  ['version: 0.2\nphases: { test: { commands: [] } }', '"phases/test" of the buildspec is not carried out'],
  ['version: 0.2\nphases: { build: { run-as: me } }', '"phases/build/run-as"'],
  ['version: 0.2\nphases: { build: { on-failure: RETRY } }', 'phases/build/on-failure'],
  ['version: 0.2\nphases: {}\nbatch: {}\nproxy: {}', '"batch", "proxy"'],
  ['version: 0.2\nphases: {}\nenv: { git-credential-helper: yes }', 'env/git-credential-helper: is not carried out'],
  ['version: 0.2\nphases: {}\nenv: { variables: { a-b: c } }', 'env/variables'],
  ['version: 0.2\nphases: {}\nartifacts: { files: [x], enable-symlinks: yes }', '"artifacts/enable-symlinks"'],
])('refuses %j by its name', (written, complaint) => {
  const read = () => parseBuildspec(written);
  expect(read).toThrow(BuildspecError);
  expect(read).toThrow(complaint);
});
