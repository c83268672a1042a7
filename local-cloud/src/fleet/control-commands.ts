import { z } from 'zod';
import { faultCodes } from './faults.ts';
import type { Fleet } from './fleet.ts';
import type { FleetDevice } from './fleet-device.ts';
import type { SimulatedDevice } from './simulated-device.ts';

const minutes = z.number().min(0.1).max(10_080);

/** What can be done to the fleet, and with what. */
export const controlCommand = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('list') }),
  /** Mounts a controller fresh from the factory, beside a device or at the workshop. */
  z.strictObject({ verb: z.literal('new'), device: z.string().optional() }),
  z.strictObject({ verb: z.literal('status'), device: z.string() }),
  z.strictObject({ verb: z.literal('power-cut'), device: z.string(), minutes: minutes.default(5) }),
  z.strictObject({ verb: z.literal('network-cut'), device: z.string(), minutes: minutes.default(5) }),
  z.strictObject({
    verb: z.literal('fault'),
    device: z.string(),
    /** 11 is a motor's overload, which nobody but a person resets. */
    code: z.number().int().min(1).max(65_535).default(faultCodes.motor_overload),
    minutes: minutes.default(10_080),
  }),
  z.strictObject({ verb: z.literal('clear'), device: z.string() }),
  z.strictObject({
    verb: z.literal('cloud'),
    device: z.string(),
    minutes: minutes.default(10),
    radius_km: z.number().min(1).max(2000).default(60),
  }),
  z.strictObject({ verb: z.literal('reboot'), device: z.string() }),
  /** Somebody stands beside it with a USB cable and puts the factory's firmware into it. */
  z.strictObject({ verb: z.literal('usb-flash'), device: z.string() }),
]);
export type ControlCommand = z.output<typeof controlCommand>;

export const controlVerbs = controlCommand.options.map((option) => option.shape.verb.value);

/** How a device stands, for a person to read. */
export interface DeviceState {
  readonly device_id: string;
  readonly particle_id: string;
  readonly name: string;
  readonly power: boolean;
  readonly online: boolean;
  readonly boots: number;
  /** PRODUCT_VERSION of its firmware. */
  readonly firmware: number;
  readonly kind: string;
  readonly supply: string;
  /** Of the drive as it is now; null while the controller has no power, when nobody asks it. */
  readonly motor_w: number | null;
  readonly motor_hz: number | null;
  readonly fault_code: number | null;
}

/** A mistake in what was asked, told as one sentence. */
export class ControlError extends Error {}

/** What is acted upon. */
export interface ControlledField {
  readonly fleet: Fleet;
  /** Mounts a new controller and lets it live. */
  mount(beside: FleetDevice | undefined): SimulatedDevice;
}

/** Does it. Answers what there is to say. Throws ControlError for a device that isn't there. */
export function runControl({ fleet, mount }: ControlledField, command: ControlCommand, now_ms: number): unknown {
  if (command.verb === 'list') return fleet.devices.map(stateOf);
  if (command.verb === 'new') return stateOf(mount(command.device === undefined ? undefined : found(fleet, command.device).device));
  const device = found(fleet, command.device);
  const now_s = now_ms / 1000;
  const until_s = 'minutes' in command ? now_s + 60 * command.minutes : now_s;
  switch (command.verb) {
    case 'status':
      return { ...stateOf(device), report: device.report() ?? null };
    case 'power-cut':
      device.network.cut('power', now_s, until_s);
      break;
    case 'network-cut':
      device.network.cut('network', now_s, until_s);
      break;
    case 'fault':
      device.drive.trip(command.code, until_s);
      break;
    case 'clear':
      device.network.mend();
      device.drive.resetFault();
      fleet.clouds.clear();
      break;
    case 'cloud':
      fleet.clouds.darken({ lat: device.device.lat, lon: device.device.lon, radius_km: command.radius_km, until_s });
      break;
    case 'reboot':
      device.reboot(now_ms);
      break;
    case 'usb-flash':
      device.takeFirmware(null, now_ms);
      break;
  }
  fleet.wakeSoon(device);
  return stateOf(device);
}

/** By the field's own name for it, or by its Particle id. */
function found(fleet: Fleet, name: string): SimulatedDevice {
  const device = fleet.find(name) ?? fleet.devices.find((one) => one.device.particle_id === name);
  if (device === undefined) throw new ControlError(`There is no device "${name}" in the field.`);
  return device;
}

function stateOf(device: SimulatedDevice): DeviceState {
  const { drive, character } = device;
  const seen = (value: number) => (device.is_on ? value : null);
  return {
    device_id: device.device.device_id,
    particle_id: device.device.particle_id,
    name: device.device.name,
    power: device.is_on,
    online: device.online,
    boots: device.boots,
    firmware: device.product_version,
    kind: character.kind,
    supply: drive.supply,
    motor_w: seen(Math.round(drive.motor_w)),
    motor_hz: seen(Math.round(drive.hz * 10) / 10),
    fault_code: seen(drive.fault?.code ?? 0),
  };
}
