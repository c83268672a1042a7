import { type DeviceState, type StatusDocument, stateAttributes, storedToldChange, type ToldChange } from '@enstratus/contract';
import type { DeviceProfile } from './device-table.ts';
import { isNewerDocument, isNoEarlierContact, type KnownLatest, type LatestItems, type NotedState } from './latest-item.ts';
import { type KeptLatest, keptLatest, missingIn } from './latest-status.ts';

/** What is noted of devices' states, in the items of their newest statuses. Every method is one DynamoDB action and throws what DynamoDB throws. */
export class NotedStates {
  readonly #items: Pick<LatestItems, 'get' | 'update'>;

  constructor(items: Pick<LatestItems, 'get' | 'update'>) {
    this.#items = items;
  }

  /** What is noted of a device now, with the rest of its item. 1 read unit. */
  read({ path }: DeviceProfile): Promise<KnownLatest> {
    return this.#items.get(path);
  }

  /**
   * Writes that the changes of a pack were told, and the state to which they led, as of the pack's end (epoch seconds); a state that is undefined stays.
   * Answers false, and writes nothing, when the item says a newer state or that this was written. 1 write unit.
   */
  async setFollowed({ path }: DeviceProfile, state: DeviceState | undefined, time: number): Promise<boolean> {
    const { isRefused } = await this.#items.update(path, {
      sets: { ...(state === undefined ? {} : stateAttributes(state, time)), followed_until: time },
      conditions: [
        'attribute_exists(pk)',
        state === undefined
          ? '(attribute_not_exists(followed_until) OR followed_until < :followed_until)'
          : '(attribute_not_exists(state_time) OR state_time <= :state_time)',
      ],
    });
    return !isRefused;
  }

  /**
   * Writes a state that was told at once, and what of the document that tells it the item lacks: one write unit for both. Answers undefined, and writes nothing, when
   * the item has another state than it was read with, or when a newer document or contact has come.
   */
  async setTold(
    { device_id, path }: DeviceProfile,
    read: KnownLatest,
    told: { readonly state: DeviceState; readonly told_changes: readonly ToldChange[] },
    heard: { readonly document: StatusDocument; readonly received_at: number },
  ): Promise<{ readonly latest: KeptLatest; readonly before: KnownLatest } | undefined> {
    const { document, received_at } = heard;
    const missing = missingIn(read, document, received_at);
    const { before, item, isRefused } = await this.#items.update(path, {
      sets: {
        device_id,
        ...stateAttributes(told.state, document.time),
        told_changes: told.told_changes.map(storedToldChange),
        ...(missing.document ? { document, time: document.time } : {}),
        ...(missing.contact ? { last_contact_at: received_at } : {}),
      },
      conditions: [isAsRead(read.noted), ...(missing.document ? [isNewerDocument] : []), ...(missing.contact ? [isNoEarlierContact] : [])],
      ...(read.noted.state_time === undefined ? {} : { values: { ':read': read.noted.state_time } }),
    });
    return isRefused ? undefined : { latest: keptLatest(item, document, received_at, missing.document), before };
  }
}

/** Every write of another state moves its time, but for one of the same time that a pack brings: that one counts more. */
const isAsRead = ({ state_time }: NotedState): string =>
  state_time === undefined ? 'attribute_not_exists(state_time)' : 'state_time = :read';
