import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseEnv } from './environment.ts';

const shape = z.object({ TABLE_NAME: z.string().min(1), LIMIT: z.coerce.number().int() });

describe('parseEnv', () => {
  it('gives what the shape says', () => {
    expect(parseEnv(shape, { TABLE_NAME: 'fleet', LIMIT: '5', OTHER: 'x' })).toEqual({ TABLE_NAME: 'fleet', LIMIT: 5 });
  });

  it('names every missing variable', () => {
    expect(() => parseEnv(shape, {})).toThrow(/^Environment: TABLE_NAME is missing; LIMIT is missing$/);
  });

  it('names a wrong one and keeps its value to itself', () => {
    const attempt = () => parseEnv(shape, { TABLE_NAME: 'fleet', LIMIT: 'hunter2' });
    expect(attempt).toThrow(/LIMIT is wrong/);
    expect(attempt).not.toThrow(/hunter2/);
  });
});
