import { toRfc3339 } from '@enstratus/contract';
import type { KnownDevice } from '../where/surroundings.ts';

/** A field of the GraphQL API that a function answers. */
export interface GraphqlField {
  /** `Query.me` */
  readonly name: string;
  readonly function_name: string;
  /** An operation that asks for it with everything it has. */
  readonly document: string;
  /** Arguments of the kind that the dashboard gives. */
  arguments(device: KnownDevice, now_s: number): Record<string, unknown>;
  /** Whether a resolver of JavaScript stands before the function and tells it less of the request. */
  readonly isBehindResolver?: boolean;
}

const none = () => ({});
const ofDevice = ({ device_id }: KnownDevice) => ({ device_id });
const document = 'boot_id seq time run_state dc_bus_v solar_w grid_w motor_w motor_a motor_hz temp_c fault_code signal_pct';
const device = `device_id name path site { path name } time_zone pack_minutes registered_at run_state fault_code last_contact_at silent_at latest { ${document} } as_of`;

/** Every field that a function answers (appsync-lambda-repo's schema.graphql and its resolvers). */
export const graphqlFields: readonly GraphqlField[] = [
  {
    name: 'Query.me',
    function_name: 'appsync-lambda/answer-query',
    document: 'query Me { me { user_id name email persona organization { path name } } }',
    arguments: none,
  },
  {
    name: 'Query.devices',
    function_name: 'appsync-lambda/answer-query',
    document: `query Devices($first: Int, $after: String, $filter: DeviceFilter) {
      devices(first: $first, after: $after, filter: $filter) { edges { cursor node { ${device} } } pageInfo { hasNextPage endCursor } as_of }
    }`,
    arguments: () => ({ first: 20 }),
  },
  {
    name: 'Query.device',
    function_name: 'appsync-lambda/answer-query',
    document: `query Device($device_id: ID!) { device(device_id: $device_id) { ${device} } }`,
    arguments: ofDevice,
  },
  {
    name: 'Query.deviceSeries',
    function_name: 'appsync-lambda/answer-query',
    document: `query Series($device_id: ID!, $metrics: [SeriesMetric!]!, $from: AWSDateTime!, $to: AWSDateTime!, $resolution: SeriesResolution) {
      deviceSeries(device_id: $device_id, metrics: $metrics, from: $from, to: $to, resolution: $resolution) {
        device_id from to step_s metrics { metric unit values } as_of
      }
    }`,
    arguments: ({ device_id }, now_s) => ({
      device_id,
      metrics: ['solar_w', 'grid_w', 'motor_w'],
      from: toRfc3339(now_s - 86_400),
      to: toRfc3339(now_s),
      resolution: 'fifteen_minutes',
    }),
  },
  {
    name: 'Mutation.watchDevice',
    function_name: 'appsync-lambda/watch-device',
    document: 'mutation Watch($device_id: ID!) { watchDevice(device_id: $device_id) { device_id watched_until live_until live_left_s } }',
    arguments: ofDevice,
  },
  {
    name: 'Subscription.onDeviceStatus',
    function_name: 'appsync-lambda/answer-query',
    document: `subscription Live($device_id: ID!) {
      onDeviceStatus(device_id: $device_id) { device_id path last_contact_at silent_at documents { ${document} } }
    }`,
    arguments: ofDevice,
    isBehindResolver: true,
  },
];

/** The field of this name; undefined when no function answers it. */
export function graphqlFieldNamed(name: string): GraphqlField | undefined {
  return graphqlFields.find((field) => field.name === name);
}
