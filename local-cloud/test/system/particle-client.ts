import { type DeviceReport, decodeReport } from '@enstratus/contract';
import Particle from 'particle-api-js';
import type { System } from './system.ts';

/** An event as Particle's streams tell it. */
export interface Heard {
  readonly name: string;
  readonly data: string;
  readonly coreid: string;
}

/** particle-api-js's stream has no types of its emitter. */
interface Stream {
  on(event: 'event', listener: (event: Heard) => void): void;
  abort(): void;
}

/** The product's devices by the published client, with the token by which ingest-repo calls Particle. */
export class ParticleClient {
  readonly api: Particle;
  readonly product: string;
  readonly #open: Stream[] = [];

  constructor({ endpoints: { particle } }: System) {
    this.api = new Particle({ baseUrl: particle.url, auth: particle.accessToken });
    this.product = particle.product;
  }

  /** What a device's function answers. Rejects with particle-api-js's error, which has a statusCode. */
  async call(deviceId: string, name: string, argument: string): Promise<number> {
    const { body } = await this.api.callFunction({ deviceId, name, argument, product: this.product });
    return body.return_value;
  }

  /** How the device itself sees things, asked now. */
  async report(deviceId: string): Promise<DeviceReport> {
    const { body } = await this.api.getVariable({ deviceId, name: 'report', product: this.product });
    const decoded = decodeReport(String(body.result));
    if (!decoded.ok) throw new Error(`the report is ${decoded.reason}: ${body.result}`);
    return decoded.report;
  }

  /** Collects the product's events whose name begins so, or a device's own. */
  async listen(name: string, deviceId?: string): Promise<readonly Heard[]> {
    const asked = { product: this.product, name, ...(deviceId === undefined ? {} : { deviceId }) };
    const stream = (await this.api.getEventStream(asked)) as unknown as Stream;
    const heard: Heard[] = [];
    stream.on('event', (event) => heard.push(event));
    this.#open.push(stream);
    return heard;
  }

  stop(): void {
    for (const stream of this.#open) stream.abort();
  }
}
