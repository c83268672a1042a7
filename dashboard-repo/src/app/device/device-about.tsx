import { longDate, timeInBothZones } from '../time/wording.ts';
import type { Device } from './device-query.ts';

/** What about a device does not change from minute to minute. */
export function DeviceAbout({ device }: { device: Device }) {
  const registered = Date.parse(device.registered_at);
  const contact = device.last_contact_at === null ? null : Date.parse(device.last_contact_at);
  return (
    <section className="about" aria-labelledby="about-title">
      <h2 id="about-title">About this device</h2>
      <dl>
        <div>
          <dt>Device id</dt>
          <dd>{device.device_id}</dd>
        </div>
        <div>
          <dt>Site</dt>
          <dd>
            {device.site.name}
            <span className="about__path">{device.site.path}</span>
          </dd>
        </div>
        <div>
          <dt>Time zone of the site</dt>
          <dd>{device.time_zone}</dd>
        </div>
        <div>
          <dt>Last contact</dt>
          <dd className="about__lines">{contact === null ? 'Never' : timeInBothZones(contact, device.time_zone)}</dd>
        </div>
        <div>
          <dt>Reports</dt>
          <dd>{device.pack_minutes === 1 ? 'Every minute' : `A sample each minute, sent every ${device.pack_minutes} min`}</dd>
        </div>
        <div>
          <dt>Registered</dt>
          <dd>{longDate(registered, device.time_zone)}</dd>
        </div>
      </dl>
    </section>
  );
}
