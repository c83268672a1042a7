import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from './logger.ts';

/** What the logger writes: Powertools has a console of its own, which in development mode is the global one. */
function linesOf(log: () => void): Record<string, unknown>[] {
  const write = vi.spyOn(console, 'info').mockImplementation(() => {});
  log();
  return write.mock.calls.map(([line]) => JSON.parse(String(line)));
}

describe('createLogger', () => {
  beforeEach(() => vi.stubEnv('POWERTOOLS_DEV', 'true'));
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('writes JSON lines with the name of the service', () => {
    expect(linesOf(() => createLogger('receive-status').info('document stored', { device_id: 'd1' }))).toEqual([
      expect.objectContaining({ level: 'INFO', service: 'receive-status', message: 'document stored', device_id: 'd1' }),
    ]);
  });

  it('masks what stands under a name of a secret, at any depth, and keeps the name of a parameter', () => {
    const [line] = linesOf(() =>
      createLogger('receive-status').info('request', {
        headers: { 'x-webhook-secret': 'hunter2', Authorization: 'Bearer hunter2' },
        WEBHOOK_SECRET_PARAMETER_NAME: '/enstratus/ingest/webhook-secret',
      }),
    );
    expect(JSON.stringify(line)).not.toContain('hunter2');
    expect(line).toMatchObject({
      headers: { 'x-webhook-secret': '***' },
      WEBHOOK_SECRET_PARAMETER_NAME: '/enstratus/ingest/webhook-secret',
    });
  });
});
