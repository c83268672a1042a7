import {
  type DeviceState,
  type DeviceStateChanged,
  eventIds,
  eventVersion,
  type StatusDocument,
  type ToldChange,
  toRfc3339,
} from '@enstratus/contract';
import type { PublishDeviceEvent } from '../events/publish-device-event.ts';
import type { DeviceProfile, DeviceTable, StoredPack } from './device-table.ts';
import type { NotedState } from './latest-item.ts';
import type { NotedStates } from './noted-states.ts';

export interface StateKeeper {
  readonly table: Pick<DeviceTable, 'newestPacks'>;
  readonly states: Pick<NotedStates, 'read' | 'setFollowed'>;
  readonly publish: PublishDeviceEvent;
}

/** The state after a document: what it could not read stays as it was. */
export const after = (state: DeviceState, document: StatusDocument): DeviceState => ({
  run_state: document.run_state ?? state.run_state,
  fault_code: document.fault_code ?? state.fault_code,
});

export const same = (a: DeviceState, b: DeviceState): boolean => a.run_state === b.run_state && a.fault_code === b.fault_code;

const maxRounds = 20;

/**
 * Brings a device's state up to its newest pack and publishes every change in it that the device did not tell at once. Events go out before the item
 * is written: what a crash leaves undone is done again, with the same event ids. The item's condition lets no older document through; and when a newer pack
 * has come by the time the item is written, that one may have found nothing to do, so it is brought up to that one.
 *
 * @param noted As it was after `newest` was put.
 * @param previous The pack before, as it is now.
 * @returns Whether there was anything to do.
 */
export async function keepState(
  device: DeviceProfile,
  noted: NotedState,
  { newest, previous }: { readonly newest: StoredPack; readonly previous: StoredPack | undefined },
  keeper: StateKeeper,
): Promise<boolean> {
  let [now, pack, before] = [noted, newest, previous];
  for (let round = 0; round < maxRounds; round += 1) {
    const { state, changes } = followed(device, now, { pack, before });
    if (changes.length === 0) return round > 0;
    for (const change of changes) await keeper.publish(change);
    const isWritten = await keeper.states.setFollowed(device, state, pack.last.time);
    const [latest, second] = await keeper.table.newestPacks(device.device_id, 2, { consistent: true });
    if (latest === undefined || (isWritten && latest.sk === pack.sk)) return true;
    [now, pack, before] = [(await keeper.states.read(device)).noted, latest, second];
  }
  throw new Error(`the state of ${device.device_id} did not come to rest in ${maxRounds} rounds`);
}

interface FollowedPack {
  /** At the end of the pack; undefined when the device has told a newer one since. */
  readonly state: DeviceState | undefined;
  readonly changes: readonly DeviceStateChanged[];
}

/**
 * The state at the end of a pack and what is to be told of it. The documents are gone through in order from those of the pack before, and what the device
 * told at once stands among them at its time: a change to a state that was told is not told again, and one of which the telling got lost is.
 */
function followed(
  device: DeviceProfile,
  noted: NotedState,
  { pack, before }: { readonly pack: StoredPack; readonly before: StoredPack | undefined },
): FollowedPack {
  const isBehind = noted.state_time !== undefined && noted.state_time > pack.last.time;
  // Written only after all of the pack's changes were published.
  const isDone = (noted.followed_until ?? 0) >= pack.last.time && (noted.state_time ?? 0) >= pack.last.time;
  if (isDone) return { state: undefined, changes: [] };
  const told = noted.told_changes.filter(({ time }) => before === undefined || time >= before.first.time);
  const changes: DeviceStateChanged[] = [];
  let state = told[0]?.from ?? noted.state;
  const hearTold = (time: number, isNews: boolean) => {
    for (let [next] = told; next !== undefined && next.time <= time; [next] = told) {
      // When it came it seemed to be known already, because what was before it had got lost.
      if (isNews && same(next.from, next.to) && !same(state, next.to)) changes.push(toldChangeEvent(device, { ...next, from: state }));
      state = next.to;
      told.shift();
    }
  };
  for (const document of before?.documents ?? []) {
    hearTold(document.time, false);
    state = after(state, document);
  }
  for (const document of pack.documents) {
    hearTold(document.time, true);
    const next = after(state, document);
    if (!same(state, next)) changes.push(changeEvent(device, document, state, next));
    state = next;
  }
  if (isBehind) return { state: undefined, changes };
  // The documents bring no change and the item says something else: an earlier pack's change was lost between its own writes.
  if (changes.length === 0 && !same(state, noted.state)) changes.push(changeEvent(device, pack.first, noted.state, state));
  return { state, changes };
}

/** The event of a change that a document brought. */
function changeEvent(device: DeviceProfile, document: StatusDocument, from: DeviceState, to: DeviceState): DeviceStateChanged {
  const { boot_id, seq, time } = document;
  return stateChanged(device, eventIds.stateChanged(device.device_id, boot_id, seq), { boot_id, seq, time, from, to });
}

/** The event of a change that was told at once. */
export function toldChangeEvent(device: DeviceProfile, change: ToldChange): DeviceStateChanged {
  return stateChanged(device, eventIds.stateToldAtOnce(device.device_id, change.boot_id, change.time), change);
}

function stateChanged(
  { device_id, path }: DeviceProfile,
  event_id: string,
  { boot_id, seq, time, from, to }: ToldChange,
): DeviceStateChanged {
  return {
    type: 'device.state_changed',
    version: eventVersion,
    event_id,
    device_id,
    path,
    time: toRfc3339(time),
    boot_id,
    seq,
    from,
    to,
  };
}
