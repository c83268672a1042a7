import { expect, it } from 'vitest';
import { isRollbackByHand } from './going-back.ts';

it('is for a rollback that somebody asked for alone', () => {
  expect(isRollbackByHand({ executionType: 'ROLLBACK', trigger: { triggerType: 'ManualRollback' } })).toBe(true);
  expect(isRollbackByHand({ executionType: 'ROLLBACK', trigger: { triggerType: 'AutomatedRollback' } })).toBe(false);
  expect(isRollbackByHand({ executionType: 'STANDARD', trigger: { triggerType: 'StartPipelineExecution' } })).toBe(false);
  expect(isRollbackByHand({ executionType: 'ROLLBACK' })).toBe(false);
});
