import { useCallback, useState } from 'react';
import * as z from 'zod/mini';
import { type Column, columns } from './fleet-view.ts';

const key = 'enstratus.fleet';

const schema = z.object({
  hidden: z.array(z.enum(columns)),
  density: z.enum(['comfortable', 'compact']),
});

/** How somebody wants the table. The name can't be hidden: it is what leads to the device. */
export type FleetPreferences = z.infer<typeof schema>;

export const usualPreferences: FleetPreferences = { hidden: [], density: 'comfortable' };

/** What was kept; as usual where that can't be read. */
export function parsePreferences(text: string | null): FleetPreferences {
  if (text === null) return usualPreferences;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? { ...parsed.data, hidden: parsed.data.hidden.filter((column) => column !== 'name') } : usualPreferences;
  } catch {
    return usualPreferences;
  }
}

export const isHidden = ({ hidden }: FleetPreferences, column: Column): boolean => hidden.includes(column);

/** The preferences, and how to change them; they are kept until the person signs out. */
export function useFleetPreferences(): [FleetPreferences, (preferences: FleetPreferences) => void] {
  const [preferences, setPreferences] = useState(() => {
    try {
      return parsePreferences(localStorage.getItem(key));
    } catch {
      return usualPreferences;
    }
  });
  const change = useCallback((changed: FleetPreferences) => {
    setPreferences(changed);
    try {
      localStorage.setItem(key, JSON.stringify(changed));
    } catch {
      // Storage is closed to this page: the choice holds until it is left.
    }
  }, []);
  return [preferences, change];
}

/** The columns by their names on screen. */
export const columnWords: Readonly<Record<Column, string>> = {
  name: 'Device',
  site: 'Site',
  state: 'State',
  solar_w: 'Solar power',
  grid_w: 'Grid power',
  last_contact: 'Last contact',
  signal_pct: 'Signal',
};
