/** Something that takes its time once all that it comes after has ended. */
export interface Link {
  readonly name: string;
  readonly duration_s: number;
  /** Names of others; one that isn't there counts for nothing. */
  readonly after: readonly string[];
}

export interface ScheduledLink<One extends Link> {
  readonly link: One;
  readonly begins_s: number;
  readonly ends_s: number;
  /** What ended last of all that it waited for. */
  readonly heldBy: ScheduledLink<One> | undefined;
}

/** When each begins and ends where everything begins as early as it can. Throws an Error that names a link that waits for itself. */
export function schedule<One extends Link>(links: readonly One[]): ScheduledLink<One>[] {
  const byName = new Map(links.map((link) => [link.name, link]));
  const scheduled = new Map<string, ScheduledLink<One>>();
  const onTheWay = new Set<string>();
  const place = (link: One): ScheduledLink<One> => {
    const known = scheduled.get(link.name);
    if (known !== undefined) return known;
    if (onTheWay.has(link.name)) throw new Error(`${link.name} waits for itself`);
    onTheWay.add(link.name);
    const before = link.after.flatMap((name) => {
      const other = byName.get(name);
      return other === undefined ? [] : [place(other)];
    });
    const heldBy = latest(before);
    const begins_s = heldBy?.ends_s ?? 0;
    const made = { link, begins_s, ends_s: begins_s + link.duration_s, heldBy };
    scheduled.set(link.name, made);
    return made;
  };
  return links.map(place);
}

/** The chain that ends last, from its beginning; empty for no links. */
export function criticalPath<One extends Link>(links: readonly One[]): One[] {
  const path: One[] = [];
  for (let at = latest(schedule(links)); at !== undefined; at = at.heldBy) path.unshift(at.link);
  return path;
}

export const durationOf = (path: readonly Link[]): number => path.reduce((sum, { duration_s }) => sum + duration_s, 0);

const latest = <One extends Link>(all: readonly ScheduledLink<One>[]): ScheduledLink<One> | undefined =>
  all.reduce<ScheduledLink<One> | undefined>((last, one) => (last === undefined || one.ends_s > last.ends_s ? one : last), undefined);
