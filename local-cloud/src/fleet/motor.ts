import type { Character } from './character.ts';

/** What a drive turns into heat. */
const EFFICIENCY = 0.965;

/** Power that the motor takes at a frequency, W: the affinity laws, with 6 % that goes on bearings and magnetizing at any speed. */
export function motorPower_w({ rated_w, rated_hz, law }: Character, hz: number): number {
  if (hz <= 0) return 0;
  const share = hz / rated_hz;
  return rated_w * (0.06 * share + 0.94 * (law === 3 ? share * share * share : share));
}

/** The frequency at which the drive takes this much power, Hz; the other way round of `motorPower_w` and `inputPower_w`. */
export function frequencyFor_hz(character: Character, input_w: number): number {
  const { rated_w, rated_hz, law } = character;
  const wanted = (input_w * EFFICIENCY) / rated_w;
  if (wanted <= 0) return 0;
  if (law === 1) return rated_hz * wanted;
  let share = Math.cbrt(wanted);
  for (let turn = 0; turn < 3; turn += 1) {
    const error = 0.94 * share * share * share + 0.06 * share - wanted;
    share -= error / (2.82 * share * share + 0.06);
  }
  return rated_hz * share;
}

/** What the drive takes to give this much to the motor, W. */
export const inputPower_w = (motor_w: number): number => motor_w / EFFICIENCY;

/** Current of one phase, A: voltage goes with frequency, and a third of the rated current only magnetizes. */
export function motorCurrent_a({ rated_v, rated_hz, rated_a }: Character, hz: number, motor_w: number): number {
  if (hz <= 0) return 0;
  const volt = rated_v * Math.min(1, hz / rated_hz);
  return Math.hypot(motor_w / (Math.sqrt(3) * volt), 0.35 * rated_a);
}

/** Share of the full flow that a pump gives: none below the frequency at which it overcomes the head, then in proportion. */
export function flowShare({ min_hz, rated_hz }: Character, hz: number): number {
  const shutOff = min_hz * 0.92;
  return hz <= shutOff ? 0 : (hz - shutOff) / (rated_hz - shutOff);
}
