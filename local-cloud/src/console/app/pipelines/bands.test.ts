import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PipelineStage } from '../../shapes/pipelines.ts';
import { bandsOf, syllables, widthOf } from './bands.ts';

const stage = (name: string, execution?: string): PipelineStage => ({
  name,
  state: execution === undefined ? 'idle' : 'succeeded',
  ...(execution === undefined ? {} : { execution }),
  waiting: [],
  rolls_back: false,
  actions: [],
});

it('puts stages together that hold the same execution, a newer one before an older one', () => {
  const bands = bandsOf([stage('Source', 'new'), stage('Build', 'new'), stage('Dev', 'old'), stage('Test'), stage('Prod')]);
  expect(bands.map(({ execution, stages }) => [execution, stages.map(({ name }) => name)])).toEqual([
    ['new', ['Source', 'Build']],
    ['old', ['Dev']],
    [undefined, ['Test', 'Prod']],
  ]);
});

it('shows every stage once and in order, and no two neighbours alike', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined })), (executions) => {
      const bands = bandsOf(executions.map((execution, index) => stage(String(index), execution)));
      expect(bands.flatMap(({ stages }) => stages.map(({ name }) => name))).toEqual(executions.map((_, index) => String(index)));
      for (const [index, { execution, stages }] of bands.entries()) {
        expect(stages.every((one) => one.execution === execution)).toBe(true);
        if (index > 0) expect(bands[index - 1]?.execution).not.toBe(execution);
      }
    }),
  );
});

it('breaks names where a reader would, and loses nothing of them', () => {
  expect(syllables('EnstratusIngest.Prepare')).toEqual(['Enstratus', 'Ingest.', 'Prepare']);
  expect(syllables('ingest-repo')).toEqual(['ingest-', 'repo']);
  fc.assert(
    fc.property(fc.string(), (name) => {
      expect(syllables(name).join('')).toBe(name);
    }),
  );
});

it('draws a stage wider whose actions have long names', () => {
  const action = (name: string) => ({ name, kind: 'build' as const, state: 'idle' as const });
  expect(widthOf({ ...stage('Dev'), actions: [action('EnstratusIngest.Prepare')] })).toBeGreaterThan(
    widthOf({ ...stage('Build'), actions: [action('Synth')] }),
  );
});
