import type { Page } from './pages.ts';

export interface NavigationGroup {
  readonly title: string;
  readonly pages: readonly Page[];
}

/** The order in which a reader meets what stands in docs/ itself. A page that isn't named comes after, by its title. */
const FIRST = [
  'index.html',
  'tutorial.html',
  'how-a-pack-travels.html',
  'personas.html',
  'access-patterns.html',
  'protocol.html',
  'bill.html',
  'console.html',
  'delivery.html',
  'environment.html',
  'limits.html',
];

const GROUPS: readonly { readonly title: string; readonly holds: (address: string) => boolean }[] = [
  { title: 'Start here', holds: (address) => !address.includes('/') },
  { title: 'Journeys', holds: (address) => address.startsWith('journeys/') },
  { title: 'Runbooks', holds: (address) => address.endsWith('/runbook.html') },
  { title: 'Decisions', holds: (address) => address.startsWith('adr/') },
  { title: 'Repos', holds: (address) => address.startsWith('repos/') },
];

/** Every page in the one group that it belongs to: the first that holds it. Throws an Error for a page that none holds. */
export function navigation(pages: readonly Page[]): NavigationGroup[] {
  const groupOf = ({ address }: Page) => GROUPS.find(({ holds }) => holds(address));
  const lost = pages.find((page) => groupOf(page) === undefined);
  if (lost !== undefined) throw new Error(`${lost.address} has no place in the navigation`);
  return GROUPS.map((group) => ({ title: group.title, pages: pages.filter((page) => groupOf(page) === group).sort(byPlace) })).filter(
    (group) => group.pages.length > 0,
  );
}

function byPlace(one: Page, other: Page): number {
  const place = ({ address }: Page) =>
    address.endsWith('index.html') && address.includes('/') ? -1 : FIRST.includes(address) ? FIRST.indexOf(address) : FIRST.length;
  return place(one) - place(other) || one.address.localeCompare(other.address);
}
