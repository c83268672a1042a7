import { createHash } from 'node:crypto';
import type { DemoOrganization, DemoSite } from './demo-tree.ts';
import { customerName, deviceNames, siteNames } from './generated-names.ts';

/** Where a dealer's customers are: around towns that lie well inside their state and its time zone. */
interface Region {
  readonly dealer: string;
  readonly time_zone: string;
  readonly towns: readonly (readonly [lat: number, lon: number])[];
}

/** One region a state: farming towns, by their usual coordinates. */
const regions: readonly Region[] = [
  {
    dealer: 'delta-pumps',
    time_zone: 'America/Denver',
    // Delta, Montrose, Cortez, Alamosa, Monte Vista, Rocky Ford, Lamar, Burlington, Fort Morgan, Greeley, Rifle, Yuma
    towns: [
      [38.74, -108.07],
      [38.48, -107.88],
      [37.35, -108.58],
      [37.47, -105.87],
      [37.58, -106.15],
      [38.05, -103.72],
      [38.09, -102.62],
      [39.31, -102.27],
      [40.25, -103.8],
      [40.42, -104.71],
      [39.53, -107.78],
      [40.12, -102.73],
    ],
  },
  {
    dealer: 'valley-water',
    time_zone: 'America/Los_Angeles',
    // Merced, Madera, Fresno, Hanford, Visalia, Delano, Wasco, Los Banos, Turlock, Lodi, Colusa, Chico
    towns: [
      [37.3, -120.48],
      [36.96, -120.06],
      [36.74, -119.79],
      [36.33, -119.65],
      [36.33, -119.29],
      [35.77, -119.25],
      [35.59, -119.34],
      [37.06, -120.85],
      [37.49, -120.85],
      [38.13, -121.27],
      [39.21, -122.01],
      [39.73, -121.84],
    ],
  },
  {
    dealer: 'panhandle-service',
    time_zone: 'America/Chicago',
    // Hereford, Dumas, Pampa, Plainview, Lubbock, Lamesa, San Angelo, Uvalde, Pearsall, Stephenville, Vernon, Fredericksburg
    towns: [
      [34.82, -102.4],
      [35.87, -101.97],
      [35.54, -100.96],
      [34.18, -101.71],
      [33.58, -101.86],
      [32.74, -101.95],
      [31.46, -100.44],
      [29.21, -99.79],
      [28.89, -99.1],
      [32.22, -98.2],
      [34.15, -99.27],
      [30.27, -98.87],
    ],
  },
  {
    dealer: 'desert-supply',
    time_zone: 'America/Phoenix',
    // Dateland, Gila Bend, Buckeye, Maricopa, Casa Grande, Coolidge, Marana, Safford, Willcox, Benson, Chino Valley, Wickenburg
    towns: [
      [32.8, -113.54],
      [32.95, -112.72],
      [33.37, -112.58],
      [33.06, -112.05],
      [32.88, -111.76],
      [32.98, -111.52],
      [32.44, -111.22],
      [32.83, -109.71],
      [32.25, -109.83],
      [31.97, -110.29],
      [34.76, -112.45],
      [33.97, -112.73],
    ],
  },
];

const mostSites = 4;
const mostDevicesOfSite = 6;
/** How far a customer is from the town, and a site from the customer, in degrees (0.1 is about 10 km). */
const customerSpread = 0.15;
const siteSpread = 0.04;

/**
 * Customers with sites and devices, by their dealers' segments: devices `after + 1` to `upTo`. Each follows from its number alone, so more devices change nothing
 * about those before them; only the last site grows.
 */
export function generatedCustomers({ after, upTo }: { readonly after: number; readonly upTo: number }): Map<string, DemoOrganization[]> {
  const customers = new Map<string, DemoOrganization[]>(regions.map(({ dealer }) => [dealer, []]));
  let last = after;
  for (let number = 0; last < upTo; number += 1) {
    const region = regions[number % regions.length] as Region;
    const { name, segment, kind } = customerName(number);
    const draw = drawsOf(`customer ${number}`);
    const town = region.towns[Math.floor(draw() * region.towns.length)] as readonly [number, number];
    const place = near(town, customerSpread, draw);
    const sites: DemoSite[] = [];
    for (const site of siteNames(kind, 1 + Math.floor(draw() * mostSites), draw)) {
      if (last >= upTo) break;
      const names = deviceNames(site.name, 1 + Math.floor(draw() * mostDevicesOfSite)).slice(0, upTo - last);
      const [lat, lon] = near(place, siteSpread, draw);
      sites.push({
        ...site,
        time_zone: region.time_zone,
        lat,
        lon,
        devices: Object.fromEntries(names.map((device, index) => [last + index + 1, device])),
      });
      last += names.length;
    }
    customers.get(region.dealer)?.push({ segment, name, sites });
  }
  return customers;
}

/** Draws from 0 to 1 (excluded) that are the same on every machine. */
function drawsOf(seed: string): () => number {
  let block = Buffer.alloc(0);
  let used = 0;
  return () => {
    if (used + 4 > block.length) [block, used] = [createHash('sha256').update(seed).update(block).digest(), 0];
    used += 4;
    return block.readUInt32BE(used - 4) / 2 ** 32;
  };
}

function near([lat, lon]: readonly [number, number], spread: number, draw: () => number): readonly [number, number] {
  const moved = (value: number) => Math.round((value + (2 * draw() - 1) * spread) * 10_000) / 10_000;
  return [moved(lat), moved(lon)];
}
