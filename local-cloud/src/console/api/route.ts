import type { ZodType } from 'zod';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller } from '../../kernel/service.ts';

/** What every handler of the console is given: the cloud, and the account's administrator in whose name it looks. */
export interface Look {
  readonly cloud: Cloud;
  readonly caller: Caller;
  /** An operation of a service in that name. The answer's shape is the SDK's, as far as the handler says. */
  call<Out>(service: string, operation: string, input?: unknown): Promise<Out>;
}

interface Definition<Query, Body> {
  readonly method?: 'GET' | 'POST';
  /** Below `/_local/api`, such as `/tables/:name/items`. */
  readonly pattern: string;
  /** Strict, so that it names what it doesn't know. Without one nothing may be asked. */
  readonly query?: ZodType<Query>;
  readonly body?: ZodType<Body>;
  handle(look: Look, asked: { params: Readonly<Record<string, string>>; query: NoInfer<Query>; body: NoInfer<Body> }): unknown;
}

/** One address of the console's API. */
export type Route = Definition<never, never>;

/** Types a route where it is written: what comes in is parsed by `query` and `body` before `handle` is called. */
export function route<Query, Body>(definition: Definition<Query, Body>): Route {
  return definition as unknown as Route;
}
