import type { DemoOrganization, DemoSite } from './demo-tree.ts';

/** How many devices are named here. */
export const namedDevices = 50;

type Place = readonly [lat: number, lon: number];

const siteIn =
  (time_zone: string) =>
  (segment: string, name: string, [lat, lon]: Place, devices: DemoSite['devices']): DemoSite => ({
    segment,
    name,
    time_zone,
    lat,
    lon,
    devices,
  });

const colorado = siteIn('America/Denver');
const california = siteIn('America/Los_Angeles');
const texas = siteIn('America/Chicago');
const arizona = siteIn('America/Phoenix');

const deltaPumps: DemoOrganization = {
  segment: 'delta-pumps',
  name: 'Delta Pumps',
  organizations: [
    {
      // Near Crawford
      segment: 'ridge-ranch',
      name: 'Ridge Ranch',
      sites: [
        colorado('north-well', 'North well', [38.742, -107.628], { 1: 'North well', 7: 'North well booster' }),
        colorado('creek-tank', 'Creek tank', [38.721, -107.592], { 2: 'Creek tank' }),
        colorado('upper-pasture', 'Upper pasture', [38.768, -107.655], { 8: 'Upper pasture trough' }),
      ],
    },
    {
      segment: 'paonia-orchards',
      name: 'Paonia Orchards',
      sites: [
        colorado('cherry-block', 'Cherry block', [38.872, -107.607], { 9: 'Cherry block drip', 10: 'Cherry block frost fan' }),
        colorado('pack-house', 'Pack house', [38.866, -107.59], { 11: 'Cold room compressor' }),
      ],
    },
    {
      // East of Palisade
      segment: 'grand-mesa-vineyards',
      name: 'Grand Mesa Vineyards',
      sites: [
        colorado('bench-block', 'Bench block', [39.104, -108.341], { 25: 'Bench block drip', 26: 'Bench block frost fan' }),
        colorado('cellar', 'Cellar', [39.108, -108.352], { 27: 'Cellar chiller' }),
      ],
    },
    {
      // Center, in the San Luis Valley
      segment: 'san-luis-potatoes',
      name: 'San Luis Potatoes',
      sites: [
        colorado('pivot-5', 'Pivot 5', [37.741, -106.133], { 28: 'Pivot 5 lift', 29: 'Pivot 5 booster' }),
        colorado('cellars', 'Storage cellars', [37.752, -106.108], { 30: 'Storage ventilation fan' }),
      ],
    },
  ],
};

const valleyWater: DemoOrganization = {
  segment: 'valley-water',
  name: 'Valley Water',
  organizations: [
    {
      // Near Chowchilla
      segment: 'almond-grove',
      name: 'Almond Grove',
      sites: [
        california('block-4', 'Block 4', [37.112, -120.291], { 3: 'Orchard block 4' }),
        california('block-7', 'Block 7', [37.098, -120.262], { 12: 'Orchard block 7', 13: 'Block 7 fertigation' }),
      ],
    },
    {
      segment: 'merced-dairy',
      name: 'Merced Dairy',
      sites: [
        california('parlor', 'Milking parlor', [37.265, -120.515], { 14: 'Parlor well', 15: 'Vacuum pump' }),
        california('lagoon', 'Lagoon', [37.268, -120.521], { 34: 'Lagoon transfer' }),
      ],
    },
    {
      // Below Orange Cove
      segment: 'kings-citrus',
      name: 'Kings Citrus',
      sites: [
        california('upper-ranch', 'Upper ranch', [36.628, -119.298], { 31: 'Upper ranch well', 32: 'Upper ranch frost fan' }),
        california('lower-ranch', 'Lower ranch', [36.603, -119.331], { 33: 'Lower ranch lift' }),
      ],
    },
    {
      segment: 'tulare-pistachios',
      name: 'Tulare Pistachios',
      sites: [california('section-9', 'Section 9', [36.184, -119.412], { 35: 'Section 9 lift', 36: 'Section 9 filter' })],
    },
  ],
};

const panhandleService: DemoOrganization = {
  segment: 'panhandle-service',
  name: 'Panhandle Service',
  organizations: [
    {
      // Around Dalhart
      segment: 'double-t',
      name: 'Double T Ranch',
      sites: [
        texas('east-tank', 'East tank', [36.081, -102.412], { 4: 'Stock tank east' }),
        texas('west-tank', 'West tank', [36.071, -102.598], { 16: 'Stock tank west' }),
        texas('headquarters', 'Headquarters', [36.064, -102.497], { 17: 'House well' }),
        texas('playa', 'Playa', [36.032, -102.455], { 37: 'Playa stock tank' }),
      ],
    },
    {
      // Near Floydada
      segment: 'caprock-cotton',
      name: 'Caprock Cotton',
      sites: [
        texas('pivot-2', 'Pivot 2', [33.972, -101.351], { 18: 'Pivot 2 lift', 19: 'Pivot 2 booster' }),
        texas('pivot-6', 'Pivot 6', [33.951, -101.318], { 38: 'Pivot 6 lift' }),
      ],
    },
    {
      // On the Llano near Junction
      segment: 'hill-country-goats',
      name: 'Hill Country Goats',
      sites: [
        texas('river-well', 'River well', [30.493, -99.748], { 39: 'River well' }),
        texas('cedar-trough', 'Cedar trough', [30.518, -99.803], { 40: 'Cedar trough' }),
      ],
    },
    {
      // Crystal City
      segment: 'winter-garden-onions',
      name: 'Winter Garden Onions',
      sites: [
        texas('field-3', 'Field 3', [28.694, -99.862], { 41: 'Field 3 lift', 42: 'Field 3 booster' }),
        texas('packing-shed', 'Packing shed', [28.679, -99.829], { 43: 'Packing shed cold room' }),
      ],
    },
  ],
};

const desertSupply: DemoOrganization = {
  segment: 'desert-supply',
  name: 'Desert Supply',
  organizations: [
    {
      // Gila Bend
      segment: 'gila-farms',
      name: 'Gila Farms',
      sites: [
        arizona('canal-lift', 'Canal lift', [32.968, -112.748], { 5: 'Canal lift', 20: 'Canal lift 2' }),
        arizona('workshop', 'Workshop', [32.951, -112.719], { 6: 'Air compressor' }),
        arizona('north-80', 'North 80', [32.987, -112.731], { 50: 'North 80 lift' }),
      ],
    },
    {
      segment: 'yuma-greens',
      name: 'Yuma Greens',
      sites: [
        arizona('field-12', 'Field 12', [32.664, -114.691], { 21: 'Field 12 lift', 22: 'Field 12 filter' }),
        arizona('cooler', 'Cooler', [32.676, -114.65], { 23: 'Hydrocooler pump', 24: 'Cooler compressor' }),
      ],
    },
    {
      // North of Willcox
      segment: 'sulphur-springs-pecans',
      name: 'Sulphur Springs Pecans',
      sites: [
        arizona('grove-6', 'Grove 6', [32.321, -109.842], { 44: 'Grove 6 lift', 45: 'Grove 6 booster' }),
        arizona('shop', 'Shop', [32.309, -109.836], { 46: 'Shop air compressor' }),
      ],
    },
    {
      segment: 'verde-valley-hay',
      name: 'Verde Valley Hay',
      sites: [arizona('ditch-lift', 'Ditch lift', [34.561, -111.858], { 47: 'Ditch lift' })],
    },
    {
      segment: 'buckeye-dairy',
      name: 'Buckeye Dairy',
      sites: [arizona('barn-2', 'Barn 2', [33.352, -112.604], { 48: 'Barn 2 cooler', 49: 'Barn 2 vacuum pump' })],
    },
  ],
};

/** ENFusion, its two partners and four dealers, with the first 50 devices. */
export const namedTree: DemoOrganization = {
  segment: 'enfusion',
  name: 'ENFusion',
  organizations: [
    { segment: 'mesa-solar', name: 'Mesa Solar', organizations: [deltaPumps, valleyWater] },
    { segment: 'lone-star-drives', name: 'Lone Star Drives', organizations: [panhandleService, desertSupply] },
  ],
};
