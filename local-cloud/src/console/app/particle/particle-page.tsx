import { useState } from 'react';
import { type ParticleOverview, particleOverview } from '../../shapes/particle.ts';
import { useLoaded } from '../data/api.ts';
import { hrefOf } from '../data/router.ts';
import { duration, number } from '../data/wording.ts';
import { Ago, Badge, Card, Grid, Head, Load, Tile, Trouble } from '../design/parts.tsx';

type Reachable = Extract<ParticleOverview, { state: 'reachable' }>;

/** The Particle cloud: devices, and how their webhook fares. */
export function ParticlePage() {
  const loaded = useLoaded('/particle', particleOverview, {}, 3000);
  return (
    <>
      <Head title="Particle">{loaded.data?.state === 'reachable' && <code>{loaded.data.url}</code>}</Head>
      <Load from={loaded}>{(data) => (data.state === 'reachable' ? <Overview data={data} /> : <Trouble>{data.reason}</Trouble>)}</Load>
    </>
  );
}

function Overview({ data }: { data: Reachable }) {
  const { deliveries } = data;
  return (
    <>
      {deliveries !== undefined && (
        <dl className="tiles">
          <Tile name="Published" value={number(data.published_per_minute ?? 0)} more="a minute" />
          <Tile name="Delivered" value={number(deliveries.succeeded)} more={`of ${number(deliveries.sent)} sent`} />
          <Tile name="Failed" value={number(deliveries.failed)} {...(deliveries.failed > 0 ? { tone: 'fault' as const } : {})} />
          <Tile
            name="Skipped, given up"
            value={`${number(deliveries.skipped)}, ${number(deliveries.dropped)}`}
            {...(deliveries.dropped > 0 ? { tone: 'fault' as const } : {})}
          />
          <Tile name="Under way, queued" value={`${number(deliveries.in_flight)}, ${number(deliveries.queued + deliveries.waiting)}`} />
          <Tile name="To the answer" value={duration(deliveries.latency_p50_ms)} more={`p99 ${duration(deliveries.latency_p99_ms)}`} />
        </dl>
      )}
      <Card title="Webhooks" flush>
        <Grid label="Webhooks" head={['Name', 'Event', 'State', 'Address']}>
          {data.webhooks.map((webhook) => (
            <tr key={webhook.id}>
              <td>{webhook.name}</td>
              <td className="mono">{webhook.event}</td>
              <td>{webhook.disabled ? <Badge tone="warn">off</Badge> : <Badge tone="good">on</Badge>}</td>
              <td className="mono">{webhook.url}</td>
            </tr>
          ))}
        </Grid>
      </Card>
      <Devices devices={data.devices} />
    </>
  );
}

function Devices({ devices }: { devices: Reachable['devices'] }) {
  const [part, setPart] = useState('');
  const shown = devices.filter(({ id, name, notes }) => `${id} ${name ?? ''} ${notes ?? ''}`.toLowerCase().includes(part.toLowerCase()));
  return (
    <Card
      title={`${number(devices.filter(({ online }) => online).length)} of ${number(devices.length)} devices online`}
      flush
      more={
        <input
          className="search"
          type="search"
          aria-label="Devices that contain"
          placeholder="name or id contains"
          value={part}
          onChange={(event) => setPart(event.target.value)}
        />
      }
    >
      <Grid label="Devices" head={['Device', 'State', 'Last heard', 'Handshake', 'Device OS', 'Particle id', '']}>
        {shown.slice(0, 200).map((device) => (
          <tr key={device.id}>
            <td>
              <b>{device.name ?? '(no name)'}</b> <span className="quiet">{device.notes}</span>
            </td>
            <td>
              {device.online ? <Badge tone="good">online</Badge> : <Badge>offline</Badge>}{' '}
              {device.quarantined === true && <Badge tone="warn">quarantined</Badge>}
            </td>
            <td>
              <Ago at={device.last_heard} />
            </td>
            <td>
              <Ago at={device.last_handshake_at} />
            </td>
            <td className="mono">{device.system_firmware_version}</td>
            <td className="mono">{device.id}</td>
            <td>
              <a href={hrefOf(['traces'], { device: device.name ?? device.id })}>Traces</a>{' '}
              <a href={hrefOf(['logs'], { group: `/enstratus/devices/${device.name ?? ''}` })}>Log</a>
            </td>
          </tr>
        ))}
      </Grid>
      {shown.length > 200 && <p className="quiet pad">{number(shown.length - 200)} further ones fit.</p>}
    </Card>
  );
}
