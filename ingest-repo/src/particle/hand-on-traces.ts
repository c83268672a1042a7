import { traceHeader } from '@enstratus/platform/runtime';

/** The part of particle-api-js through which every request goes. */
interface Asks {
  readonly agent: { request(options: { headers?: object | undefined }): Promise<unknown> };
}

/**
 * Sends the tracing header with each request of a client of particle-api-js, which has no place for headers of all requests. Particle itself makes nothing of it; the
 * local Particle shows its part of the trace by it.
 */
export function handOnTraces(client: object): void {
  const { agent } = client as Asks;
  const request = agent.request.bind(agent);
  agent.request = (options) => {
    const header = traceHeader();
    return request(header === undefined ? options : { ...options, headers: { ...options.headers, 'X-Amzn-Trace-Id': header } });
  };
}
