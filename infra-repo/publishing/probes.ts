import type * as Contract from '@enstratus/contract';
import type * as Entities from '@enstratus/contract/entities';
import type { ProbesByEntry } from './compare-packages.ts';

type Probes<Module> = { readonly [Name in keyof Module]?: (module: Module) => unknown };

const at = 1_795_296_000;
const document: Contract.StatusDocument = {
  boot_id: 7,
  seq: 480,
  time: at,
  run_state: 'solar',
  dc_bus_v: 540,
  solar_w: 7350,
  grid_w: 0,
  motor_w: 6800,
  motor_a: 18.4,
  motor_hz: 47.5,
  temp_c: 41,
  fault_code: null,
  signal_pct: 67,
};
const documents = [document, { ...document, seq: 481, time: at + 60, run_state: 'mixed' as const, grid_w: 1200, temp_c: null }];
const path = '/enfusion/p1/d3/c9/north-field/pump-1';
const hours = (emptyHour: Contract.RollupHour) => Array.from({ length: 24 }, () => emptyHour);
const changed: Contract.ToldChange = {
  time: at,
  boot_id: 7,
  seq: 480,
  from: { run_state: 'solar', fault_code: null },
  to: { run_state: 'fault', fault_code: 12 },
};

/**
 * What of the contract's functions is stored or sent, for fixed inputs: keys, names, ids, items and encodings. Who was built with another version must find and understand it.
 */
export const contractProbes: Probes<typeof Contract> = {
  deviceEventMessage: (contract) =>
    contract.deviceEventMessage({
      type: 'device.watched',
      version: 1,
      event_id: 'e',
      device_id: 'pump-1',
      path,
      time: '2026-11-22T00:00:00Z',
      until: '2026-11-22T00:05:00Z',
    }),
  deviceKey: ({ deviceKey }) => deviceKey('pump-1'),
  deviceLogGroupName: ({ deviceLogGroupName }) => deviceLogGroupName('pump-1'),
  deviceLogStreamName: ({ deviceLogStreamName }) => deviceLogStreamName(7),
  encodePack: ({ encodePack }) => encodePack(documents),
  encodeRollup: ({ encodeRollup, emptyHour }) => encodeRollup(hours(emptyHour)),
  eventIds: ({ eventIds }) => [
    eventIds.registered('pump-1'),
    eventIds.stateChanged('pump-1', 7, 480),
    eventIds.stateToldAtOnce('pump-1', 7, at),
    eventIds.gapFound('pump-1', 7, 10, 12),
    eventIds.gapClosed('pump-1', 7, 10, 12),
    eventIds.watched('pump-1', at),
  ],
  eventKey: ({ eventKey }) => eventKey('pump-1', at, 'e'),
  gapKey: ({ gapKey }) => gapKey('pump-1', 7, 480),
  gapLedgerKey: ({ gapLedgerKey }) => gapLedgerKey('pump-1'),
  gapSortKeysBetween: ({ gapSortKeysBetween }) => gapSortKeysBetween(7, 10, 12),
  latestBelow: ({ latestBelow }) => latestBelow('/enfusion/p1'),
  latestKey: ({ latestKey }) => latestKey(path),
  latestOf: ({ latestOf }) => latestOf('pump-1', document, at + 5),
  organizationKey: ({ organizationKey }) => organizationKey('/enfusion/p1'),
  packDocuments: ({ packDocuments }) => packDocuments(documents, { pack_minutes: 2 }),
  packItem: ({ packItem, encodePack }) => packItem('pump-1', encodePack(documents), documents, at + 120),
  packKey: ({ packKey }) => packKey('pump-1', document),
  packSortKey: ({ packSortKey }) => packSortKey(document),
  packSortKeysBetween: ({ packSortKeysBetween }) => packSortKeysBetween(at, at + 3600),
  parseGapSortKey: ({ parseGapSortKey, gapKey }) => parseGapSortKey(gapKey('pump-1', 7, 480).sk),
  parsePackSortKey: ({ parsePackSortKey, packSortKey }) => parsePackSortKey(packSortKey(document)),
  particleLinkKey: ({ particleLinkKey }) => particleLinkKey('0123456789abcdef01234567'),
  reportKey: ({ reportKey }) => reportKey('pump-1'),
  rollupItem: ({ rollupItem, emptyHour }) => rollupItem('pump-1', '2026-11-22', hours(emptyHour)),
  rollupKey: ({ rollupKey }) => rollupKey('pump-1', '2026-11-22'),
  rollupSortKeysBetween: ({ rollupSortKeysBetween }) => rollupSortKeysBetween('2026-11-01', '2026-11-22'),
  siteKey: ({ siteKey }) => siteKey('/enfusion/p1/d3/c9/north-field'),
  stateAttributes: ({ stateAttributes }) => stateAttributes({ run_state: 'fault', fault_code: 12 }, at),
  statusEventName: ({ statusEventName, statusEventPrefix }) =>
    ['', '/v1', '/pack', '/now', '/report'].map((rest) => statusEventName(`${statusEventPrefix}${rest}`)),
  storedToldChange: ({ storedToldChange }) => storedToldChange(changed),
  subtreePrefix: ({ subtreePrefix }) => subtreePrefix('/enfusion/p1'),
  toLogLine: ({ toLogLine }) => toLogLine(document),
  toRfc3339: ({ toRfc3339 }) => toRfc3339(at),
  treeKey: ({ treeKey }) => (['ORGANIZATION', 'SITE', 'DEVICE', 'USER'] as const).map((kind) => treeKey(kind, path)),
  userKey: ({ userKey }) => userKey('u-1'),
};

const store = { table: 'table' };
/** With all that a link ever had: an entity leaves out what it doesn't know. */
const link = { particle_id: '0123456789abcdef01234567', device_id: 'pump-1', path, pack_minutes: 15 };

/** The items that electrodb makes, with their keys. */
export const entityProbes: Probes<typeof Entities> = {
  deviceEntity: ({ deviceEntity }) =>
    deviceEntity(store)
      .put({
        device_id: 'pump-1',
        particle_id: '0123456789abcdef01234567',
        name: 'n',
        path,
        time_zone: 'America/Phoenix',
        pack_minutes: 15,
        registered_at: at,
      })
      .params(),
  eventEntity: ({ eventEntity }) =>
    eventEntity(store).put({ device_id: 'pump-1', time: at, event_id: 'e', type: 'device.watched', event: {}, recorded_at: at }).params(),
  organizationEntity: ({ organizationEntity }) =>
    organizationEntity(store).put({ path: '/enfusion/p1', name: 'n', created_at: at }).params(),
  particleLinkEntity: ({ particleLinkEntity }) => particleLinkEntity(store).put(link).params(),
  siteEntity: ({ siteEntity }) =>
    siteEntity(store).put({ path: '/enfusion/p1/d3/c9/north-field', name: 'n', time_zone: 'America/Phoenix', created_at: at }).params(),
  userEntity: ({ userEntity }) =>
    userEntity(store)
      .put({ user_id: 'u-1', email: 'a@example.com', name: 'n', persona: 'admin', path: '/enfusion', created_at: at })
      .params(),
};

/** By package. */
export const probes: Readonly<Record<string, ProbesByEntry>> = {
  '@enstratus/contract': { '.': { answers: contractProbes }, './entities': { answers: entityProbes, insteadOfTypes: true } },
};
