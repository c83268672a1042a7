import type { ParticleDevice } from '../device-link.ts';

/** A device that remembers what it was asked, and answers what the test says. */
export class FakeDevice implements ParticleDevice {
  readonly particle_id: string;
  readonly functions = ['command', 'live'];
  readonly variables = ['voltage', 'state', 'firmware'];
  readonly calls: { readonly name: string; readonly argument: string }[] = [];
  readonly ledgers: { readonly name: string; readonly data: Readonly<Record<string, unknown>> }[] = [];
  answer: (name: string, argument: string) => number | Promise<number> = () => 0;
  place: { lat: number; lon: number; horizontal_accuracy_m: number } | undefined;
  vitals: Readonly<Record<string, unknown>> | undefined;

  constructor(particle_id: string) {
    this.particle_id = particle_id;
  }

  call(name: string, argument: string): number | Promise<number> {
    this.calls.push({ name, argument });
    return this.answer(name, argument);
  }

  variable(name: string): string | number | undefined {
    return { voltage: 612, state: 'solar', firmware: 1.5 }[name];
  }

  ledger(name: string, data: Readonly<Record<string, unknown>>): void {
    this.ledgers.push({ name, data });
  }

  locate() {
    return this.place;
  }

  diagnostics(): Readonly<Record<string, unknown>> {
    return this.vitals ?? { network: { signal: { strength: 66.66 } } };
  }
}

/** A device id of 24 hexadecimal digits, as Borons have. */
export function particleId(number: number): string {
  return `e00fce68${number.toString(16).padStart(16, '0')}`;
}
