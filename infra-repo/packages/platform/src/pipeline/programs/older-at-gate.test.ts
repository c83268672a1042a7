import type { StageState } from '@aws-sdk/client-codepipeline';
import { describe, expect, it } from 'vitest';
import { olderAtGate } from './older-at-gate.ts';

const stage = (
  stageName: string,
  pipelineExecutionId: string,
  status: 'InProgress' | 'Succeeded',
  type: 'STANDARD' | 'ROLLBACK',
): StageState => ({
  stageName,
  latestExecution: { pipelineExecutionId, status, type },
});
const waiting = stage('ApproveTest', 'older', 'InProgress', 'STANDARD');

describe('what waits at a gate', () => {
  it('is overtaken by a newer push', () => {
    expect(olderAtGate([stage('Dev', 'newer', 'InProgress', 'STANDARD'), waiting], 'ApproveTest')).toBe('older');
  });

  it('stays when the stage before it goes back', () => {
    expect(olderAtGate([stage('Dev', 'back', 'InProgress', 'ROLLBACK'), waiting], 'ApproveTest')).toBeUndefined();
  });

  it('is never the one that asks', () => {
    expect(olderAtGate([stage('Dev', 'older', 'InProgress', 'STANDARD'), waiting], 'ApproveTest')).toBeUndefined();
  });

  it('is nothing once it was decided, or before anything came', () => {
    const dev = stage('Dev', 'newer', 'InProgress', 'STANDARD');
    expect(olderAtGate([dev, stage('ApproveTest', 'older', 'Succeeded', 'STANDARD')], 'ApproveTest')).toBeUndefined();
    expect(olderAtGate([dev, { stageName: 'ApproveTest' }], 'ApproveTest')).toBeUndefined();
  });

  it('is asked of a gate that is there, behind a stage', () => {
    expect(() => olderAtGate([waiting], 'ApproveTest')).toThrow('no stage ApproveTest behind another');
    expect(() => olderAtGate([waiting], 'ApproveProd')).toThrow('no stage ApproveProd');
  });
});
