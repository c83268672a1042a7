import { memo, type ReactNode } from 'react';
import { Link } from 'react-router';
import { SignalIcon } from '../design/icons.tsx';
import { asText, power, readings } from '../device-states/readings.ts';
import { isCurrent, stateWords } from '../device-states/shown-state.ts';
import { StateBadge } from '../device-states/state-badge.tsx';
import { Age } from '../time/age.tsx';
import { timeInBothZones } from '../time/wording.ts';
import type { FleetRow } from './fleet-row.ts';
import type { Column, ShownRow } from './fleet-view.ts';

interface Props {
  readonly shown: ShownRow;
  readonly columns: readonly Column[];
  /** Whether its link is in the order of Tab. */
  readonly reachable: boolean;
}

const same = (a: Props, b: Props): boolean =>
  a.shown.row === b.shown.row &&
  a.shown.state === b.shown.state &&
  a.reachable === b.reachable &&
  a.columns.length === b.columns.length &&
  a.columns.every((column, index) => column === b.columns[index]);

/** A device's cells in the table. */
export const FleetCells = memo(function FleetCells({ shown, columns, reachable }: Props) {
  return columns.map((column) => (
    // biome-ignore lint/a11y/useSemanticElements: as in FleetTable
    // biome-ignore lint/a11y/useFocusableInteractive: what is in it has the focus
    <div key={column} role="gridcell" className={`fleet__cell fleet__cell--${column}`}>
      <Cell column={column} shown={shown} reachable={reachable} />
    </div>
  ));
}, same);

/** A device on a narrow screen: what it is called and does, what powers it, and how old that is. */
export const FleetCard = memo(function FleetCard({ shown, columns, reachable }: Props) {
  const { row, state } = shown;
  return (
    // biome-ignore lint/a11y/useSemanticElements: as in FleetTable
    // biome-ignore lint/a11y/useFocusableInteractive: the link in it has the focus
    <div role="gridcell" className="card" aria-colspan={columns.length}>
      <DeviceLink row={row} reachable={reachable} />
      <span className="card__state">
        <StateBadge state={state} />
      </span>
      <span className="card__site">
        {row.site_name} <span className="unit">{customerOf(row)}</span>
      </span>
      <span className="card__figures">
        {isCurrent(state) ? (
          <>
            <Power shown={shown} of="solar_w" named />
            <Power shown={shown} of="grid_w" named />
          </>
        ) : (
          <span className="unit clip">
            {state === 'silent' ? (
              <>
                Was <LastKnown row={row} />
              </>
            ) : (
              'No readings'
            )}
          </span>
        )}
      </span>
      <span className="card__age">
        <LastContact row={row} />
      </span>
    </div>
  );
}, same);

function Cell({ column, shown, reachable }: { column: Column; shown: ShownRow; reachable: boolean }): ReactNode {
  const { row, state } = shown;
  switch (column) {
    case 'name':
      return <DeviceLink row={row} reachable={reachable} />;
    case 'site':
      return (
        <span className="device-name" title={row.site_path}>
          <span className="device-name__site clip">{row.site_name}</span>
          <span className="device-name__id clip">{customerOf(row)}</span>
        </span>
      );
    case 'state':
      return (
        <span className="fleet__state">
          <StateBadge state={state} />
          {state === 'silent' && (
            <span className="fleet__was clip">
              was <LastKnown row={row} />
            </span>
          )}
          {state === 'fault' && row.fault_code !== null && row.fault_code !== 0 && (
            <span className="fleet__was">code {row.fault_code}</span>
          )}
        </span>
      );
    case 'solar_w':
    case 'grid_w':
      return <Power shown={shown} of={column} />;
    case 'last_contact':
      return <LastContact row={row} />;
    case 'signal_pct':
      return <Signal shown={shown} />;
  }
}

/** Whose it is, as the path has it: two customers may each have a site of one name. */
const customerOf = ({ site_path }: FleetRow): string => site_path.split('/').at(-2) ?? '';

function DeviceLink({ row, reachable }: { row: FleetRow; reachable: boolean }) {
  return (
    <span className="device-name">
      <Link to={`/devices/${row.device_id}`} state={{ fromFleet: true }} tabIndex={reachable ? 0 : -1} className="device-name__link clip">
        {row.name}
      </Link>
      <span className="device-name__id clip">{row.device_id}</span>
    </span>
  );
}

/** A power that is current; a dash for one that is not, or was not reported. What was known last stands on hover. */
function Power({ shown: { row, state }, of, named = false }: { shown: ShownRow; of: 'solar_w' | 'grid_w'; named?: boolean }) {
  const watts = row[of];
  const words = readings[of].words;
  if (watts === null || !isCurrent(state)) {
    return (
      <span className="nothing" title={watts === null ? `${words}: not reported` : lastKnown(row, `${words}: ${asText(power(watts))}`)}>
        –
      </span>
    );
  }
  const { figure, unit } = power(watts);
  return (
    <span className={`power power--${of}${watts === 0 ? ' power--none' : ''}`} title={`${words}: ${watts} W`}>
      {named && <span className="visually-hidden">{words} </span>}
      <span className="power__mark" />
      {figure} <span className="unit">{unit}</span>
    </span>
  );
}

function Signal({ shown: { row, state } }: { shown: ShownRow }) {
  const percent = row.signal_pct;
  if (percent === null || !isCurrent(state)) {
    return (
      <span className="nothing" title={percent === null ? 'Signal: not reported' : lastKnown(row, `Signal: ${percent} %`)}>
        –
      </span>
    );
  }
  return (
    <span className="signal" title={`Signal: ${percent} %`}>
      <SignalIcon percent={percent} />
      <span>
        {percent} <span className="unit">%</span>
      </span>
    </span>
  );
}

/** A device may be heard with nothing but what it had kept: then its readings are older than its last contact by more than this. */
const oldReadings_ms = 20 * 60_000;

/** What a silent device did when it was last read, and when that was, if its last contact does not say so. */
function LastKnown({ row }: { row: FleetRow }) {
  const { last_contact, read_at } = row;
  const old = read_at !== null && last_contact !== null && last_contact - read_at > oldReadings_ms ? read_at : undefined;
  return (
    <>
      {stateWords[row.run_state].words.toLowerCase()}
      {old !== undefined && (
        <>
          , <Age time={old} time_zone={row.time_zone} />
        </>
      )}
    </>
  );
}

function LastContact({ row }: { row: FleetRow }) {
  if (row.last_contact === null) return <span className="nothing">never</span>;
  return <Age time={row.last_contact} time_zone={row.time_zone} />;
}

const lastKnown = (row: FleetRow, figure: string): string =>
  row.read_at === null ? figure : `Last known. ${figure}\n${timeInBothZones(row.read_at, row.time_zone)}`;
