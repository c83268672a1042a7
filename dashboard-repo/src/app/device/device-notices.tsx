import { FaultIcon, NeverIcon, SilentIcon } from '../design/icons.tsx';
import { type ShownState, stateWords } from '../device-states/shown-state.ts';
import { useNow } from '../time/use-now.ts';
import { exactDurationInWords, timeInBothZones } from '../time/wording.ts';
import type { Device } from './device-query.ts';

/** What one has to know about a device before reading its figures: that it is silent, has never reported, or has a fault. */
export function DeviceNotices({ device, state }: { device: Device; state: ShownState }) {
  if (state === 'silent') return <SilentNotice device={device} />;
  if (state === 'never') {
    return (
      <p className="notice">
        <NeverIcon size={18} />
        <span>
          <strong>Has not reported yet.</strong> It shows here as soon as its first pack arrives; the page can stay open.
        </span>
      </p>
    );
  }
  if (state === 'fault') {
    return (
      <p className="notice notice--fault">
        <FaultIcon size={18} />
        <span>
          <strong>{device.fault_code === null ? 'The drive reports a fault.' : `The drive reports fault ${device.fault_code}.`}</strong> The
          motor stands still until the fault is cleared at the drive or clears itself.
        </span>
      </p>
    );
  }
  return null;
}

function SilentNotice({ device }: { device: Device }) {
  const now = useNow(5_000);
  const contact = device.last_contact_at === null ? null : Date.parse(device.last_contact_at);
  if (contact === null || now === undefined) return null;
  const newest = device.latest === null ? contact : Date.parse(device.latest.time);
  // Heard, but only with what it has kept: a backfill, or a clock that is behind.
  const onlyOld = contact - newest > device.pack_minutes * 60_000;
  return (
    <p className="notice notice--silent">
      <SilentIcon size={18} />
      <span>
        <strong>
          {onlyOld ? 'What comes from this device is old: its newest reading was taken ' : 'Nothing has come from this device for '}
          <Duration since={onlyOld ? newest : contact} now={now} time_zone={device.time_zone} />
          {onlyOld ? ' ago.' : '.'}
        </strong>{' '}
        {onlyOld && (
          <>
            It was heard <Duration since={contact} now={now} time_zone={device.time_zone} /> ago.{' '}
          </>
        )}
        It should report about every {device.pack_minutes} min. What it does now is not known; its last known state is “
        {stateWords[device.run_state].words}”.
      </span>
    </p>
  );
}

function Duration({ since, now, time_zone }: { since: number; now: number; time_zone: string }) {
  return (
    <time dateTime={new Date(since).toISOString()} title={timeInBothZones(since, time_zone)}>
      {exactDurationInWords(Math.max(0, now - since))}
    </time>
  );
}
