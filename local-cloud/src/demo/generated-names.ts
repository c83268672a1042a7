/** What a customer grows or keeps; its sites are named after that. */
const kinds = ['Farms', 'Ranch', 'Orchards', 'Dairy', 'Vineyards', 'Growers', 'Cattle', 'Hay'] as const;
export type CustomerKind = (typeof kinds)[number];

const firstWords =
  'Cottonwood Juniper Pinyon Mesquite Ocotillo Saguaro Willow Cedar Aspen Alder Manzanita Sycamore Walnut Poplar Antelope Badger Coyote Quail Heron Falcon Elk Bison Red White Black Blue Silver Copper Granite Sandstone Limestone Flint Amber Dry Lost Long Broken Crooked Twin Lone'.split(
    ' ',
  );
const secondWords =
  'Creek Mesa Ridge Canyon Valley Springs Bluff Butte Flat Draw Fork Hollow Meadow Prairie Basin Bend Gap Hill Lake Crossing'.split(' ');

/** Without a common factor with the number of names, so that each comes once before the first comes again, and neighbours differ. */
const stride = 2753;

/** The number of different names: enough customers for 50,000 devices. */
export const customerNames = firstWords.length * secondWords.length * kinds.length;

/** A customer's name, segment and kind by its number; no two below `customerNames` are the same. Throws RangeError beyond. */
export function customerName(number: number): { readonly name: string; readonly segment: string; readonly kind: CustomerKind } {
  if (number >= customerNames) throw new RangeError(`there are ${customerNames} names of customers`);
  let rest = (number * stride) % customerNames;
  const taken = <T>(words: readonly T[]): T => {
    const word = words[rest % words.length] as T;
    rest = Math.floor(rest / words.length);
    return word;
  };
  const [kind, second, first] = [taken(kinds), taken(secondWords), taken(firstWords)];
  const name = `${first} ${second} ${kind}`;
  return { name, segment: segmentOf(name), kind };
}

const fieldSites = ['Pivot 1', 'Pivot 2', 'Pivot 3', 'Section 8', 'Section 17', 'Field 4', 'Field 9', 'Canal lift', 'Ditch lift', 'Shop'];
const rangeSites = [
  'North well',
  'South well',
  'East tank',
  'West tank',
  'Home well',
  'Ridge tank',
  'Lower pasture',
  'Windmill trough',
  'Bull pasture',
  'Corrals',
];
const orchardSites = [
  'Block 1',
  'Block 2',
  'Block 5',
  'Upper block',
  'Lower block',
  'River lift',
  'Reservoir',
  'Nursery',
  'Pack house',
  'Cooler',
];
const dairySites = ['Milking parlor', 'Barn 1', 'Barn 3', 'Calf pens', 'Feed yard', 'Lagoon', 'Home well', 'North forty'];

const sitesByKind: Readonly<Record<CustomerKind, readonly string[]>> = {
  Farms: fieldSites,
  Growers: fieldSites,
  Hay: fieldSites,
  Ranch: rangeSites,
  Cattle: rangeSites,
  Orchards: orchardSites,
  Vineyards: orchardSites,
  Dairy: dairySites,
};

/** So many different sites of a customer. @param draw From 0 to 1, excluded. */
export function siteNames(kind: CustomerKind, count: number, draw: () => number): { readonly name: string; readonly segment: string }[] {
  const left = [...sitesByKind[kind]];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const [name = ''] = left.splice(Math.floor(draw() * left.length), 1);
    return { name, segment: segmentOf(name) };
  });
}

const pumps = ['lift', 'booster', 'filter', 'standby', 'transfer', 'drip'];
const buildings = ['well', 'wash pump', 'cold room', 'ventilation fan', 'air compressor', 'transfer'];
const dairy = ['vacuum pump', 'well', 'cooler', 'wash pump', 'ventilation fan', 'air compressor'];

/** The devices of a site, up to 6, by what stands there. */
export function deviceNames(site: string, count: number): string[] {
  const parts = /parlor/i.test(site) ? dairy : /shop|house|cooler|barn|pens|corrals|yard/i.test(site) ? buildings : pumps;
  return parts.slice(0, count).map((part, index) => {
    // A site that is named after its only pump is that pump.
    if (index === 0 && /well|tank|lift|trough$/i.test(site)) return site;
    return `${site} ${part}`;
  });
}

const segmentOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
