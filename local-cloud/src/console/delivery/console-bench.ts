import { afterAll, beforeAll, expect } from 'vitest';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { PipelineBench } from '../../services/codepipeline/testing/pipeline-bench.ts';
import { DELIVERY } from '../../services/codepipeline/testing/pipeline-template.ts';
import { createConsole } from '../console-service.ts';

/** Where the bench's pipeline is in the console's API. */
export const ONE = `/pipelines/${DELIVERY}/us-east-2/repo`;

/** For tests: a local cloud with a pipeline named `repo` and the console, asked as its page asks. */
export class ConsoleBench {
  bench!: PipelineBench;

  /** Starts it before the tests of the file; `services` stand in the place of the partners that do as they are told. */
  static forThisFile(services?: readonly ((cloud: Cloud) => Service)[]): ConsoleBench {
    const one = new ConsoleBench();
    beforeAll(async () => {
      one.bench = await PipelineBench.start(services);
      const { cloud } = one.bench.cloud;
      cloud.register(createConsole(cloud));
    });
    afterAll(() => one.bench.stop());
    return one;
  }

  get origin(): string {
    return this.bench.cloud.endpoint;
  }

  ask(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.origin}/_local/api${path}`, init);
  }

  async read(path: string): Promise<unknown> {
    const response = await this.ask(path);
    const body: unknown = await response.json();
    expect(response.status, JSON.stringify(body)).toBe(200);
    return body;
  }

  /** As the console's own page posts, unless other headers are given. */
  post(path: string, body: unknown, headers: Record<string, string> = { Origin: this.origin }): Promise<Response> {
    return this.ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
  }
}
