import { useEffect, useState } from 'react';

/** Where in the console one is: what stands behind `#/`. */
export interface Place {
  /** Decoded, such as `['functions', 'receive-status']`; empty at the beginning. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** An address within the console. What is undefined or empty is left out of the query. */
export function hrefOf(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
  const search = new URLSearchParams(given).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`;
}

export function readPlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return {
    path: path
      .split('/')
      .filter((part) => part !== '')
      .map(decode),
    query: new URLSearchParams(query),
  };
}

/** An address that was cut off somewhere is shown as it is. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function usePlace(): Place {
  const [place, setPlace] = useState(() => readPlace(location.hash));
  useEffect(() => {
    const follow = () => setPlace(readPlace(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return place;
}

/** Changes the query of where one is without a new entry in the history. */
export function replaceQuery(place: Place, query: Readonly<Record<string, string | undefined>>): void {
  history.replaceState(null, '', hrefOf(place.path, query));
  dispatchEvent(new HashChangeEvent('hashchange'));
}
