import { badRequest } from './api-error.ts';
import type { Route } from './api-request.ts';

interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request: where several would match, the one whose earlier segments stand literally in the pattern. */
export class Router {
  readonly #routes: readonly { readonly route: Route; readonly segments: readonly string[] }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes
      .map((route) => ({ route, segments: route.pattern.split('/').slice(1) }))
      .sort((one, other) => compare(one.segments, other.segments));
  }

  /** Undefined when nothing takes it. Throws 400 for a path that can't be decoded. */
  match(method: string, path: string): Match | undefined {
    const segments = path.replace(/\/+$/, '').split('/').slice(1);
    for (const candidate of this.#routes) {
      if (candidate.route.method !== method) continue;
      const params = paramsOf(candidate.segments, segments);
      if (params !== undefined) return { route: candidate.route, params };
    }
    return undefined;
  }
}

function rank(segment: string | undefined): number {
  if (segment === undefined) return 0;
  if (segment.startsWith('*')) return 3;
  return segment.startsWith(':') ? 2 : 1;
}

function compare(one: readonly string[], other: readonly string[]): number {
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const difference = rank(one[at]) - rank(other[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function paramsOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [at, wanted] of pattern.entries()) {
    if (wanted.startsWith('*')) {
      params[wanted.slice(1)] = decode(segments.slice(at).join('/'));
      return params;
    }
    const segment = segments[at];
    if (segment === undefined || segment === '') return undefined;
    if (wanted.startsWith(':')) params[wanted.slice(1)] = decode(segment);
    else if (wanted !== segment) return undefined;
  }
  return segments.length === pattern.length ? params : undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`the path can't be decoded: ${segment}`);
  }
}
