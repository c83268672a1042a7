import { useCallback, useEffect, useRef, useState } from 'react';
import { z } from 'zod';

/** The account and region that is looked at, as a query; empty for the first one. Set once, by the choice in the bar. */
let scope: Readonly<Record<string, string>> = {};

export function lookAt(account: string, region: string): void {
  scope = { account, region };
}

const failure = z.object({ error: z.string(), code: z.string().optional() });

/** What the local cloud refused, or couldn't be asked. */
export class ApiFailure extends Error {
  /** AWS's name of the error, where a service refused. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

function urlOf(path: string, query: Query): string {
  const asked = path.startsWith('/_local/') ? query : { ...scope, ...query };
  const given = Object.entries(asked).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, String(value)]]));
  const base = path.startsWith('/_local/') ? path : `/_local/api${path}`;
  return given.length === 0 ? base : `${base}?${new URLSearchParams(given)}`;
}

async function ask(url: string, init?: RequestInit): Promise<string> {
  const response = await fetch(url, init).catch((error: unknown) => {
    if (init?.signal?.aborted === true) throw error;
    throw new ApiFailure('The local cloud doesn’t answer. Is it running?');
  });
  const text = await response.text();
  if (response.ok) return text;
  const said = failure.safeParse(tryJson(text));
  if (said.success) throw new ApiFailure(said.data.error, said.data.code);
  throw new ApiFailure(`The local cloud answered HTTP ${response.status}.`);
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Throws ApiFailure. */
export async function read<T>(path: string, shape: z.ZodType<T>, query: Query = {}): Promise<T> {
  return shape.parse(JSON.parse(await ask(urlOf(path, query))));
}

/** Throws ApiFailure. */
export async function change<T>(path: string, shape: z.ZodType<T>, body: unknown): Promise<T> {
  const headers = { 'Content-Type': 'application/json' };
  return shape.parse(JSON.parse(await ask(urlOf(path, {}), { method: 'POST', headers, body: JSON.stringify(body) })));
}

export interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: string | undefined;
  /** Asks anew at once. */
  reload(): void;
}

/**
 * What an address answers, asked again every `every_ms` while the page is looked at; undefined asks once. The same answer keeps the same value, so that
 * nothing is painted anew. `path` undefined asks nothing.
 */
export function useLoaded<T>(path: string | undefined, shape: z.ZodType<T>, query: Query = {}, every_ms?: number): Loaded<T> {
  const url = path === undefined ? undefined : urlOf(path, query);
  const [state, setState] = useState<{ url: string | undefined; data: T | undefined; error: string | undefined }>({
    url,
    data: undefined,
    error: undefined,
  });
  const [turn, setTurn] = useState(0);
  const last = useRef({ url, text: '' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn asks anew
  useEffect(() => {
    if (url === undefined) return;
    const gone = new AbortController();
    let timer: number | undefined;
    const once = async () => {
      if (document.visibilityState === 'visible' || last.current.text === '' || last.current.url !== url) {
        try {
          const text = await ask(url, { signal: gone.signal });
          if (gone.signal.aborted) return;
          if (last.current.url !== url || last.current.text !== text) {
            last.current = { url, text };
            setState({ url, data: shape.parse(JSON.parse(text)), error: undefined });
          } else setState((before) => (before.error === undefined ? before : { ...before, error: undefined }));
        } catch (error) {
          if (gone.signal.aborted) return;
          setState((before) => ({
            url,
            data: before.url === url ? before.data : undefined,
            error: error instanceof Error ? error.message : String(error),
          }));
        }
      }
      if (every_ms !== undefined && !gone.signal.aborted) timer = window.setTimeout(() => void once(), every_ms);
    };
    void once();
    return () => {
      gone.abort();
      window.clearTimeout(timer);
    };
  }, [url, every_ms, turn]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  return state.url === url ? { data: state.data, error: state.error, reload } : { data: undefined, error: undefined, reload };
}
