/**
 * Numbers that look like chance and are the same for the same seed. Everything in the fleet that seems to happen at random is a function of a seed,
 * a device and a time, so that it doesn't matter in which steps time goes on.
 */

/** Mixes up to three integers to an unsigned 32-bit number (the finalizer of MurmurHash3 after each). */
export function mix(seed: number, a = 0, b = 0): number {
  let hash = finalize(seed ^ 0x9e3779b9);
  hash = finalize(hash ^ a);
  return finalize(hash ^ b) >>> 0;
}

function finalize(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** A number from 0 up to, not including, 1. */
export function chance(seed: number, a = 0, b = 0): number {
  return mix(seed, a, b) / 4294967296;
}

/** The seed of a text, such as a device's id, below another seed. */
export function seedOf(text: string, seed = 0): number {
  let hash = mix(seed, text.length);
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return mix(hash);
}

/** Chances drawn one after the other from one seed. */
export class Draws {
  readonly #seed: number;
  #count = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  chance(): number {
    this.#count += 1;
    return chance(this.#seed, this.#count);
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.chance();
  }

  /** One of a list that isn't empty. */
  of<T>(list: readonly [T, ...T[]]): T {
    return list[Math.floor(this.chance() * list.length)] ?? list[0];
  }
}

/** A value between 0 and 1 that changes smoothly over a plane: one unit is the distance between two independent values. */
export function smoothNoise(seed: number, x: number, y: number): number {
  const column = Math.floor(x);
  const line = Math.floor(y);
  const across = fade(x - column);
  const along = fade(y - line);
  const near = chance(seed, column, line) * (1 - across) + chance(seed, column + 1, line) * across;
  const far = chance(seed, column, line + 1) * (1 - across) + chance(seed, column + 1, line + 1) * across;
  return near * (1 - along) + far * along;
}

const fade = (share: number) => share * share * (3 - 2 * share);

/** 0 below `low`, 1 above `high`, smooth in between; `high` may lie below `low`. */
export function smoothStep(low: number, high: number, value: number): number {
  return fade(Math.min(1, Math.max(0, (value - low) / (high - low))));
}
