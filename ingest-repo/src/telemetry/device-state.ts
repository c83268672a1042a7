import { type DeviceState, type DeviceStateChanged, eventIds, eventVersion, type StatusDocument, toRfc3339 } from '@enstratus/contract';
import type { PublishDeviceEvent } from '../events/publish-device-event.ts';
import type { Device, DeviceTable, StoredPack } from './device-table.ts';

export interface StateKeeper {
  readonly table: DeviceTable;
  readonly publish: PublishDeviceEvent;
}

/** The state after a document: what it could not read stays as it was. */
const after = (state: DeviceState, document: StatusDocument): DeviceState => ({
  run_state: document.run_state ?? state.run_state,
  fault_code: document.fault_code ?? state.fault_code,
});

const same = (a: DeviceState, b: DeviceState): boolean => a.run_state === b.run_state && a.fault_code === b.fault_code;

const maxRounds = 20;

/**
 * Brings a device's state up to its newest pack and publishes every change in it. Events go out before the item is written: what a crash
 * leaves undone is done again, with the same event ids. The item's condition lets no older document through; and when a newer pack
 * has come by the time the item is written, that one may have found nothing to do, so it is brought up to that one.
 *
 * @param device As it was read after `newest` was put.
 * @param previous The pack before, as it is now.
 */
export async function keepState(device: Device, newest: StoredPack, previous: StoredPack | undefined, keeper: StateKeeper): Promise<void> {
  let [now, pack, before] = [device, newest, previous];
  for (let round = 0; round < maxRounds; round += 1) {
    const { state, changes } = followed(now, pack, before);
    if (changes.length === 0) return;
    for (const change of changes) await keeper.publish(change);
    await keeper.table.setState(now, state, pack.last.time);
    const [latest, second] = await keeper.table.newestPacks(device.device_id, 2, { consistent: true });
    if (latest === undefined || latest.sk === pack.sk) return;
    [now, pack, before] = [await keeper.table.device(device.device_id), latest, second];
  }
  throw new Error(`the state of ${device.device_id} did not come to rest in ${maxRounds} rounds`);
}

/** The state at the end of a pack and the changes on the way, from the end of the pack before. */
function followed(device: Device, pack: StoredPack, before: StoredPack | undefined): { state: DeviceState; changes: DeviceStateChanged[] } {
  // Written only after all of the pack's changes were published.
  if (device.state_time !== undefined && device.state_time >= pack.last.time) return { state: device.state, changes: [] };
  let state = (before?.documents ?? []).reduce(after, device.state);
  const changes: DeviceStateChanged[] = [];
  for (const document of pack.documents) {
    const next = after(state, document);
    if (!same(state, next)) changes.push(changeEvent(device, document, state, next));
    state = next;
  }
  // The documents bring no change and the item says something else: an earlier pack's change was lost between its own writes.
  if (changes.length === 0 && !same(state, device.state)) changes.push(changeEvent(device, pack.first, device.state, state));
  return { state, changes };
}

function changeEvent(
  { device_id, path }: Device,
  { boot_id, seq, time }: StatusDocument,
  from: DeviceState,
  to: DeviceState,
): DeviceStateChanged {
  return {
    type: 'device.state_changed',
    version: eventVersion,
    event_id: eventIds.stateChanged(device_id, boot_id, seq),
    device_id,
    path,
    time: toRfc3339(time),
    boot_id,
    seq,
    from,
    to,
  };
}
