import './device.css';
import { useQuery } from '@tanstack/react-query';
import { type MouseEvent, useEffect, useRef } from 'react';
import { Link, useLocation, useNavigate, useParams } from 'react-router';
import { BackIcon, FaultIcon, OfflineIcon, SearchIcon } from '../design/icons.tsx';
import { isCurrent, shownState } from '../device-states/shown-state.ts';
import { StateBadge } from '../device-states/state-badge.tsx';
import { Unreachable } from '../graphql/failures.ts';
import { useServices } from '../services.ts';
import { useNow } from '../time/use-now.ts';
import { DeviceAbout } from './device-about.tsx';
import { DeviceFigures } from './device-figures.tsx';
import { DeviceNotices } from './device-notices.tsx';
import { type Device, deviceQuery, powerQuery } from './device-query.ts';
import { DeviceSkeleton } from './device-skeleton.tsx';
import { LiveStatus } from './live-status.tsx';
import { PowerSection } from './power-section.tsx';
import { useLiveDevice } from './use-live-device.ts';
import { useWatchLease } from './watch-lease.ts';

/** One device: what it does, its newest readings, and its power over the last day, as it happens. */
export function DevicePage() {
  const { device_id = '' } = useParams();
  return <OneDevice key={device_id} device_id={device_id} />;
}

function OneDevice({ device_id }: { device_id: string }) {
  const { graphql, clock } = useServices();
  const live = useLiveDevice(device_id);
  const told = live.state === 'live';
  const query = useQuery(deviceQuery(graphql, clock, device_id, told));
  const power = useQuery(powerQuery(graphql, clock, device_id, told));
  const lease = useWatchLease(device_id);
  const device = query.data;
  const now = useNow(5_000) ?? 0;

  if (device === null) return <NoSuchDevice device_id={device_id} />;
  if (device === undefined) {
    const failure = query.isPaused ? new Unreachable('There is no network.') : query.error;
    return failure !== null ? (
      <DeviceFailed device_id={device_id} error={failure} onRetry={() => void query.refetch()} />
    ) : (
      <DeviceSkeleton device_id={device_id} />
    );
  }
  const state = shownState(
    { run_state: device.run_state, last_contact: time(device.last_contact_at), silent_at: time(device.silent_at) },
    now,
  );
  const current = isCurrent(state);
  const newest = time(device.latest?.time ?? null);
  return (
    <>
      <title>{`${device.name} · ENStratus`}</title>
      <BackToFleet />
      <div className="device-head">
        <div className="device-head__names">
          <Heading device={device} />
          <p className="device-head__of">
            {device.device_id} · {device.site.name}
          </p>
        </div>
        <div className="device-head__state">
          <StateBadge state={state} large />
          <LiveStatus subscription={live.state} lease={lease} state={state} pack_minutes={device.pack_minutes} newest={newest} />
        </div>
      </div>
      <div className="device">
        <DeviceNotices device={device} state={state} />
        {state !== 'never' && <DeviceFigures sample={device.latest} current={current} time_zone={device.time_zone} />}
        {state !== 'never' && (
          <PowerSection device={device} power={power} samples={live.samples} silentSince={state === 'silent' ? newest : null} />
        )}
        <DeviceAbout device={device} />
      </div>
    </>
  );
}

const time = (text: string | null): number | null => (text === null ? null : Date.parse(text));

/** The device's name, which takes the focus when the page is come to from another. */
function Heading({ device }: { device: Device }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const { activeElement } = document;
    if (activeElement?.id === 'page') heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {device.name}
    </h1>
  );
}

/** Back the way one came, so that filter and place are as they were; to the whole fleet for those who came by an address. */
function BackToFleet() {
  const navigate = useNavigate();
  const { state } = useLocation();
  const cameFromFleet = typeof state === 'object' && state !== null && 'fromFleet' in state;
  const goBack = (event: MouseEvent) => {
    if (!cameFromFleet || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    void navigate(-1);
  };
  return (
    <Link to="/" className="back" onClick={goBack}>
      <BackIcon /> Fleet
    </Link>
  );
}

function NoSuchDevice({ device_id }: { device_id: string }) {
  return (
    <div className="message">
      <title>No such device · ENStratus</title>
      <SearchIcon size={36} />
      <h1>There is no device {device_id}</h1>
      <p>It does not exist, or does not belong to your organization.</p>
      <Link to="/" className="button">
        To the fleet
      </Link>
    </div>
  );
}

function DeviceFailed({ device_id, error, onRetry }: { device_id: string; error: Error; onRetry: () => void }) {
  const unreachable = error instanceof Unreachable;
  return (
    <>
      <title>{`${device_id} · ENStratus`}</title>
      <BackToFleet />
      <div className="message" role="alert">
        {unreachable ? <OfflineIcon size={36} /> : <FaultIcon size={36} />}
        <h1>{device_id} could not be loaded</h1>
        <p>
          {unreachable
            ? 'The service could not be reached. It is tried again every few seconds.'
            : 'The service could not answer. The device is not affected: it goes on as it was set.'}
        </p>
        {!unreachable && <p className="message__detail">{error.message}</p>}
        <button type="button" className="button button--primary" onClick={onRetry}>
          Try again
        </button>
      </div>
    </>
  );
}
