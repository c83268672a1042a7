/** A place with devices. `devices` are their names by number: 1 is `pump-0001`. Numbers and paths never change: states on disk know them. */
export interface DemoSite {
  readonly segment: string;
  readonly name: string;
  readonly time_zone: string;
  readonly devices: Readonly<Record<number, string>>;
}

export interface DemoOrganization {
  readonly segment: string;
  readonly name: string;
  /** Partners below ENFusion, dealers below a partner, customers below a dealer. */
  readonly organizations?: readonly DemoOrganization[];
  /** A customer's. */
  readonly sites?: readonly DemoSite[];
}

const site = (segment: string, name: string, time_zone: string, devices: DemoSite['devices']): DemoSite => ({
  segment,
  name,
  time_zone,
  devices,
});

/** ENFusion with two partners, in Colorado, California, Texas and Arizona. */
export const demoTree: DemoOrganization = {
  segment: 'enfusion',
  name: 'ENFusion',
  organizations: [
    {
      segment: 'mesa-solar',
      name: 'Mesa Solar',
      organizations: [
        {
          segment: 'delta-pumps',
          name: 'Delta Pumps',
          organizations: [
            {
              segment: 'ridge-ranch',
              name: 'Ridge Ranch',
              sites: [
                site('north-well', 'North well', 'America/Denver', { 1: 'North well', 7: 'North well booster' }),
                site('creek-tank', 'Creek tank', 'America/Denver', { 2: 'Creek tank' }),
                site('upper-pasture', 'Upper pasture', 'America/Denver', { 8: 'Upper pasture trough' }),
              ],
            },
            {
              segment: 'paonia-orchards',
              name: 'Paonia Orchards',
              sites: [
                site('cherry-block', 'Cherry block', 'America/Denver', { 9: 'Cherry block drip', 10: 'Cherry block frost fan' }),
                site('pack-house', 'Pack house', 'America/Denver', { 11: 'Cold room compressor' }),
              ],
            },
          ],
        },
        {
          segment: 'valley-water',
          name: 'Valley Water',
          organizations: [
            {
              segment: 'almond-grove',
              name: 'Almond Grove',
              sites: [
                site('block-4', 'Block 4', 'America/Los_Angeles', { 3: 'Orchard block 4' }),
                site('block-7', 'Block 7', 'America/Los_Angeles', { 12: 'Orchard block 7', 13: 'Block 7 fertigation' }),
              ],
            },
            {
              segment: 'merced-dairy',
              name: 'Merced Dairy',
              sites: [site('parlor', 'Milking parlor', 'America/Los_Angeles', { 14: 'Parlor well', 15: 'Vacuum pump' })],
            },
          ],
        },
      ],
    },
    {
      segment: 'lone-star-drives',
      name: 'Lone Star Drives',
      organizations: [
        {
          segment: 'panhandle-service',
          name: 'Panhandle Service',
          organizations: [
            {
              segment: 'double-t',
              name: 'Double T Ranch',
              sites: [
                site('east-tank', 'East tank', 'America/Chicago', { 4: 'Stock tank east' }),
                site('west-tank', 'West tank', 'America/Chicago', { 16: 'Stock tank west' }),
                site('headquarters', 'Headquarters', 'America/Chicago', { 17: 'House well' }),
              ],
            },
            {
              segment: 'caprock-cotton',
              name: 'Caprock Cotton',
              sites: [site('pivot-2', 'Pivot 2', 'America/Chicago', { 18: 'Pivot 2 lift', 19: 'Pivot 2 booster' })],
            },
          ],
        },
        {
          segment: 'desert-supply',
          name: 'Desert Supply',
          organizations: [
            {
              segment: 'gila-farms',
              name: 'Gila Farms',
              sites: [
                site('canal-lift', 'Canal lift', 'America/Phoenix', { 5: 'Canal lift', 20: 'Canal lift 2' }),
                site('workshop', 'Workshop', 'America/Phoenix', { 6: 'Air compressor' }),
              ],
            },
            {
              segment: 'yuma-greens',
              name: 'Yuma Greens',
              sites: [
                site('field-12', 'Field 12', 'America/Phoenix', { 21: 'Field 12 lift', 22: 'Field 12 filter' }),
                site('cooler', 'Cooler', 'America/Phoenix', { 23: 'Hydrocooler pump', 24: 'Cooler compressor' }),
              ],
            },
          ],
        },
      ],
    },
  ],
};

/** Every organization of a tree with its path, those above first. */
export function organizationsOf(tree: DemoOrganization, above = ''): { path: string; organization: DemoOrganization }[] {
  const path = `${above}/${tree.segment}`;
  return [{ path, organization: tree }, ...(tree.organizations ?? []).flatMap((below) => organizationsOf(below, path))];
}

/** Every site of a tree with its path. */
export function sitesOf(tree: DemoOrganization): { path: string; site: DemoSite }[] {
  return organizationsOf(tree).flatMap(({ path, organization }) =>
    (organization.sites ?? []).map((one) => ({ path: `${path}/${one.segment}`, site: one })),
  );
}
