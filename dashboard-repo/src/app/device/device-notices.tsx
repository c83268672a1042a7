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
  return (
    <p className="notice notice--silent">
      <SilentIcon size={18} />
      <span>
        <strong>
          Nothing has come from this device for{' '}
          <time dateTime={new Date(contact).toISOString()} title={timeInBothZones(contact, device.time_zone)}>
            {exactDurationInWords(Math.max(0, now - contact))}
          </time>
          .
        </strong>{' '}
        It should report about every {device.pack_minutes} min. What it does now is not known; when it was last heard, its state was “
        {stateWords[device.run_state].words}”.
      </span>
    </p>
  );
}
