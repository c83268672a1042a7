import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RATING_COOLDOWN_MS, RATING_MIN_ERRORS, RATING_WINDOW_MS } from '../chosen.ts';
import { HostRating } from './host-rating.ts';

function noted(good: number, bad: number): HostRating {
  const rating = new HostRating();
  for (let i = 0; i < good; i++) rating.note(true, 0);
  for (let i = 0; i < bad; i++) rating.note(false, 0);
  return rating;
}

describe('HostRating', () => {
  it('sleeps exactly when there are many errors and they outnumber the successes', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (good, bad) => {
        expect(noted(good, bad).sleeps(0)).toBe(bad >= RATING_MIN_ERRORS && bad > good);
      }),
    );
  });

  it('is awake again after some seconds without an error, and starts anew', () => {
    const rating = noted(0, RATING_MIN_ERRORS);
    expect(rating.sleeps(RATING_COOLDOWN_MS - 1)).toBe(true);
    expect(rating.sleeps(RATING_COOLDOWN_MS)).toBe(false);
    rating.note(false, RATING_COOLDOWN_MS);
    expect(rating.sleeps(RATING_COOLDOWN_MS)).toBe(false);
  });

  it('forgets what is long past', () => {
    const rating = new HostRating();
    for (let i = 0; i < RATING_MIN_ERRORS * 5; i++) {
      rating.note(false, i * RATING_WINDOW_MS * 0.2);
      expect(rating.sleeps(i * RATING_WINDOW_MS * 0.2)).toBe(false);
    }
  });
});
