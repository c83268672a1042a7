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

/**
 * Brings a device's state up to its newest pack and publishes every change in it. Events go out before the item is written: what a crash
 * leaves undone is done again, with the same event ids. An older pack can't get here, nor past the condition on the item.
 *
 * @param previous The pack before, as it is now.
 */
export async function keepState(device: Device, newest: StoredPack, previous: StoredPack | undefined, keeper: StateKeeper): Promise<void> {
  let state = (previous?.documents ?? []).reduce(after, device.state);
  const changes: DeviceStateChanged[] = [];
  for (const document of newest.documents) {
    const next = after(state, document);
    if (!same(state, next)) changes.push(changeEvent(device, document, state, next));
    state = next;
  }
  if (changes.length === 0 && !same(state, device.state)) changes.push(...(await missedChange(device, newest, state, keeper)));
  if (changes.length === 0) return;
  for (const change of changes) await keeper.publish(change);
  await keeper.table.setState(device, state, newest.last.time);
}

/**
 * The item says something else though the documents brought no change: mostly it was read before a write reached that copy. If it is so in truth, an
 * earlier pack's change got lost between its own writes, and is made good here.
 */
async function missedChange(device: Device, newest: StoredPack, state: DeviceState, { table }: StateKeeper): Promise<DeviceStateChanged[]> {
  const now = await table.device(device.device_id, { consistent: true });
  return now === undefined || same(now.state, state) ? [] : [changeEvent(device, newest.first, now.state, state)];
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
