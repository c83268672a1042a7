import { beforeEach, describe, expect, it, vi } from 'vitest';
import { manufacture } from '../devices/manufacture.ts';
import { OFFLINE_AFTER_MS } from '../documented.ts';
import { EventHub } from '../events/event-hub.ts';
import { ParticleState } from '../state/particle-state.ts';
import { FakeDevice, particleId } from '../testing/fake-device.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { soon } from '../testing/soon.ts';
import { DeviceSessions } from './device-sessions.ts';

describe('devices that come and go', () => {
  let clock: ManualClock;
  let sessions: DeviceSessions;
  let heard: string[];
  const id = particleId(1);

  beforeEach(() => {
    clock = new ManualClock();
    heard = [];
    const hub = new EventHub();
    const state = new ParticleState(':memory:');
    manufacture(state, [id, particleId(2)], clock.now());
    hub.listen({ filter: { prefix: '' }, take: ({ name, data }) => heard.push(`${name} ${data}`) });
    sessions = new DeviceSessions(state, hub, clock, { maxEventDataBytes: (of) => (of === id ? 1024 : 782) });
  });

  it('are told online, and offline at once after a goodbye', () => {
    const session = sessions.connect(new FakeDevice(id));
    expect(sessions.online(id)).toBe(true);
    session.disconnect({ clean: true });
    expect(sessions.online(id)).toBe(false);
    expect(heard).toEqual(['spark/status online', 'spark/status offline']);
  });

  it('seem online for 46 minutes after a power cut', () => {
    const session = sessions.connect(new FakeDevice(id));
    clock.advance(60_000);
    session.disconnect({ clean: false });
    clock.advance(OFFLINE_AFTER_MS - 60_000 - 1);
    expect(sessions.online(id)).toBe(true);
    clock.advance(1);
    expect(sessions.online(id)).toBe(false);
    expect(heard).toEqual(['spark/status online', 'spark/status offline']);
  });

  it('are told offline right before they are online again when nobody had noticed', () => {
    const lost = sessions.connect(new FakeDevice(id));
    lost.disconnect({ clean: false });
    clock.advance(1000);
    sessions.connect(new FakeDevice(id));
    expect(heard).toEqual(['spark/status online', 'spark/status offline', 'spark/status online']);
    clock.advance(OFFLINE_AFTER_MS * 2);
    expect(sessions.online(id)).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it('can publish no more once they are gone or another session took over', async () => {
    const first = sessions.connect(new FakeDevice(id));
    const second = sessions.connect(new FakeDevice(id));
    expect(await first.publish('status', '')).toBe(false);
    expect(await second.publish('status', '')).toBe(true);
    first.disconnect({ clean: true });
    expect(sessions.online(id)).toBe(true);
    second.disconnect({ clean: true });
    expect(await second.publish('status', '')).toBe(false);
  });

  it.each([
    ['status', 'x'.repeat(1024), true],
    ['status', 'x'.repeat(1025), false],
    ['status', 'é'.repeat(512), true],
    ['status', 'é'.repeat(513), false],
    ['n'.repeat(64), '', true],
    ['n'.repeat(65), '', false],
    ['', '', false],
    ['with space', '', true],
    ['new\nline', '', false],
    ['naïve', '', false],
    ['spark/status', 'online', false],
    ['Particle/x', '', false],
  ])('acknowledges %s as the limits say', async (name, data, taken) => {
    expect(await sessions.connect(new FakeDevice(id)).publish(name, data)).toBe(taken);
  });

  it('takes less from a modem that can send less', async () => {
    const session = sessions.connect(new FakeDevice(particleId(2)));
    expect(await session.publish('status', 'x'.repeat(782))).toBe(true);
    expect(await session.publish('status', 'x'.repeat(783))).toBe(false);
  });

  it('greets after the device has its session, and not one that is gone', async () => {
    const greeted = vi.fn();
    sessions.greetWith(greeted);
    sessions.connect(new FakeDevice(id)).disconnect({ clean: true });
    const stays = sessions.connect(new FakeDevice(id));
    expect(greeted).not.toHaveBeenCalled();
    await soon(() => expect(greeted.mock.calls).toEqual([[stays]]));
  });

  it('refuses a device that was never made', () => {
    expect(() => sessions.connect(new FakeDevice(particleId(99)))).toThrow(particleId(99));
  });
});
