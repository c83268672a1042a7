// Written by `npm run codegen` from schema.graphql and the .graphql files beside this one.

import type { GraphQLDocument } from './document.ts';

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type Persona =
  | 'admin'
  | 'partner'
  | 'dealer'
  | 'customer';

/** What a controller is doing. unknown: it has not told yet. waiting: waiting for sun. mixed: solar helped by the grid. */
export type RunState =
  | 'unknown'
  | 'stopped'
  | 'waiting'
  | 'starting'
  | 'solar'
  | 'grid'
  | 'mixed'
  | 'fault';

export type SeriesMetric =
  | 'dc_bus_v'
  | 'solar_w'
  | 'grid_w'
  | 'motor_w'
  | 'motor_a'
  | 'motor_hz'
  | 'temp_c'
  | 'signal_pct';

export type DeviceQueryVariables = Exact<{
  device_id: string | number;
}>;


export type DeviceQuery = { readonly device: { readonly device_id: string, readonly name: string, readonly path: string, readonly time_zone: string, readonly pack_minutes: number, readonly registered_at: string, readonly run_state: RunState, readonly fault_code: number | null, readonly last_contact_at: string | null, readonly silent_at: string | null, readonly as_of: string, readonly site: { readonly path: string, readonly name: string }, readonly latest: { readonly boot_id: number, readonly seq: number, readonly time: string, readonly run_state: RunState | null, readonly dc_bus_v: number | null, readonly solar_w: number | null, readonly grid_w: number | null, readonly motor_w: number | null, readonly motor_a: number | null, readonly motor_hz: number | null, readonly temp_c: number | null, readonly fault_code: number | null, readonly signal_pct: number | null } | null } | null };

export type DevicePowerQueryVariables = Exact<{
  device_id: string | number;
  from: string;
  to: string;
}>;


export type DevicePowerQuery = { readonly deviceSeries: { readonly from: string, readonly to: string, readonly step_s: number, readonly as_of: string, readonly metrics: ReadonlyArray<{ readonly metric: SeriesMetric, readonly unit: string, readonly values: ReadonlyArray<number | null> }> } | null };

export type WatchDeviceMutationVariables = Exact<{
  device_id: string | number;
}>;


export type WatchDeviceMutation = { readonly watchDevice: { readonly device_id: string, readonly watched_until: string, readonly live_until: string | null, readonly live_left_s: number } | null };

export type OnDeviceStatusSubscriptionVariables = Exact<{
  device_id: string | number;
}>;


export type OnDeviceStatusSubscription = { readonly onDeviceStatus: { readonly device_id: string, readonly last_contact_at: string, readonly silent_at: string, readonly documents: ReadonlyArray<{ readonly boot_id: number, readonly seq: number, readonly time: string, readonly run_state: RunState | null, readonly dc_bus_v: number | null, readonly solar_w: number | null, readonly grid_w: number | null, readonly motor_w: number | null, readonly motor_a: number | null, readonly motor_hz: number | null, readonly temp_c: number | null, readonly fault_code: number | null, readonly signal_pct: number | null }> } | null };

export type SampleFragment = { readonly boot_id: number, readonly seq: number, readonly time: string, readonly run_state: RunState | null, readonly dc_bus_v: number | null, readonly solar_w: number | null, readonly grid_w: number | null, readonly motor_w: number | null, readonly motor_a: number | null, readonly motor_hz: number | null, readonly temp_c: number | null, readonly fault_code: number | null, readonly signal_pct: number | null };

export type FleetPageQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type FleetPageQuery = { readonly devices: { readonly as_of: string, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null }, readonly edges: ReadonlyArray<{ readonly node: { readonly device_id: string, readonly name: string, readonly time_zone: string, readonly run_state: RunState, readonly fault_code: number | null, readonly last_contact_at: string | null, readonly silent_at: string | null, readonly site: { readonly path: string, readonly name: string }, readonly latest: { readonly time: string, readonly solar_w: number | null, readonly grid_w: number | null, readonly signal_pct: number | null } | null } }> } };

export type FleetDeviceFragment = { readonly device_id: string, readonly name: string, readonly time_zone: string, readonly run_state: RunState, readonly fault_code: number | null, readonly last_contact_at: string | null, readonly silent_at: string | null, readonly site: { readonly path: string, readonly name: string }, readonly latest: { readonly time: string, readonly solar_w: number | null, readonly grid_w: number | null, readonly signal_pct: number | null } | null };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { readonly me: { readonly user_id: string, readonly name: string, readonly email: string, readonly persona: Persona, readonly organization: { readonly path: string, readonly name: string } } };

export const DeviceDocument = 'query Device($device_id:ID!){device(device_id:$device_id){device_id name path site{path name}time_zone pack_minutes registered_at run_state fault_code last_contact_at silent_at latest{...Sample}as_of}}fragment Sample on StatusDocument{boot_id seq time run_state dc_bus_v solar_w grid_w motor_w motor_a motor_hz temp_c fault_code signal_pct}' as GraphQLDocument<DeviceQuery, DeviceQueryVariables>;

export const DevicePowerDocument = 'query DevicePower($device_id:ID!$from:AWSDateTime!$to:AWSDateTime!){deviceSeries(device_id:$device_id metrics:[solar_w grid_w]from:$from to:$to resolution:one_minute){from to step_s metrics{metric unit values}as_of}}' as GraphQLDocument<DevicePowerQuery, DevicePowerQueryVariables>;

export const WatchDeviceDocument = 'mutation WatchDevice($device_id:ID!){watchDevice(device_id:$device_id){device_id watched_until live_until live_left_s}}' as GraphQLDocument<WatchDeviceMutation, WatchDeviceMutationVariables>;

export const OnDeviceStatusDocument = 'subscription OnDeviceStatus($device_id:ID!){onDeviceStatus(device_id:$device_id){device_id last_contact_at silent_at documents{...Sample}}}fragment Sample on StatusDocument{boot_id seq time run_state dc_bus_v solar_w grid_w motor_w motor_a motor_hz temp_c fault_code signal_pct}' as GraphQLDocument<OnDeviceStatusSubscription, OnDeviceStatusSubscriptionVariables>;

export const FleetPageDocument = 'query FleetPage($first:Int!$after:String){devices(first:$first after:$after){as_of pageInfo{hasNextPage endCursor}edges{node{...FleetDevice}}}}fragment FleetDevice on Device{device_id name site{path name}time_zone run_state fault_code last_contact_at silent_at latest{time solar_w grid_w signal_pct}}' as GraphQLDocument<FleetPageQuery, FleetPageQueryVariables>;

export const MeDocument = 'query Me{me{user_id name email persona organization{path name}}}' as GraphQLDocument<MeQuery, MeQueryVariables>;

