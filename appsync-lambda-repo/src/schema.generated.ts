// Generated from schema.graphql by `npm run generate`.
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  AWSDateTime: { input: string; output: string; }
};

export type Query = {
  /** Who is signed in. */
  readonly me: Me;
  /** The devices below the caller's organization, in the order of their paths. */
  readonly devices: DeviceConnection;
  /** A device, or null when there is none of this id below the caller's organization. */
  readonly device: Maybe<Device>;
  /**
   * Readings of a device over a time, averaged in steps. The answer has one value a metric and step; null where nothing was reported.
   * At most 35 days back (packs are kept that long) and 3,000 steps. null when there is no device of this id below the caller's organization.
   */
  readonly deviceSeries: Maybe<DeviceSeries>;
};


export type QuerydevicesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DeviceFilter>;
};


export type QuerydeviceArgs = {
  device_id: Scalars['ID']['input'];
};


export type QuerydeviceSeriesArgs = {
  device_id: Scalars['ID']['input'];
  metrics: ReadonlyArray<SeriesMetric>;
  from: Scalars['AWSDateTime']['input'];
  to: Scalars['AWSDateTime']['input'];
  resolution?: InputMaybe<SeriesResolution>;
};

export type Mutation = {
  /**
   * Somebody has the device's page open: for five minutes from now what the device sends is told to onDeviceStatus, and the device is asked to
   * send each sample as it is taken, as long as its daily allowance lasts. The page renews it. null when there is no device of this id below the
   * caller's organization.
   */
  readonly watchDevice: Maybe<WatchLease>;
  /** For ingest alone: tells those who watch a device what came from it. */
  readonly publishDeviceStatus: DeviceStatus;
};


export type MutationwatchDeviceArgs = {
  device_id: Scalars['ID']['input'];
};


export type MutationpublishDeviceStatusArgs = {
  status: DeviceStatusInput;
};

export type Subscription = {
  /** What comes from a device below the caller's organization, as it comes. */
  readonly onDeviceStatus: Maybe<DeviceStatus>;
};


export type SubscriptiononDeviceStatusArgs = {
  device_id: Scalars['ID']['input'];
};

export type Persona =
  | 'admin'
  | 'partner'
  | 'dealer'
  | 'customer';

export type Me = {
  readonly user_id: Scalars['ID']['output'];
  readonly name: Scalars['String']['output'];
  readonly email: Scalars['String']['output'];
  readonly persona: Persona;
  /** The organization below which the caller sees everything. */
  readonly organization: Organization;
};

export type Organization = {
  readonly path: Scalars['String']['output'];
  readonly name: Scalars['String']['output'];
};

export type Site = {
  readonly path: Scalars['String']['output'];
  readonly name: Scalars['String']['output'];
};

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

export type DeviceFilter = {
  /** Any of these states, as last reported; at least one. Without it, any state. */
  readonly run_state?: InputMaybe<ReadonlyArray<RunState>>;
  /** Stands in the device's name, its id, its site's name or its path below the caller's organization; capitals do not matter. At most 100 characters. */
  readonly text?: InputMaybe<Scalars['String']['input']>;
};

export type DeviceConnection = {
  readonly edges: ReadonlyArray<DeviceEdge>;
  readonly pageInfo: PageInfo;
  /** The server's time of this answer: ages are counted from it, not from the caller's clock. */
  readonly as_of: Scalars['AWSDateTime']['output'];
};

export type DeviceEdge = {
  readonly cursor: Scalars['String']['output'];
  readonly node: Device;
};

export type PageInfo = {
  /** With a filter, a page may have fewer devices than asked for and still be followed by another. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  readonly endCursor: Maybe<Scalars['String']['output']>;
};

export type Device = {
  readonly device_id: Scalars['ID']['output'];
  readonly name: Scalars['String']['output'];
  readonly path: Scalars['String']['output'];
  readonly site: Site;
  /** IANA time zone of its site. */
  readonly time_zone: Scalars['String']['output'];
  /** How many minutes of documents it puts in a pack. */
  readonly pack_minutes: Scalars['Int']['output'];
  readonly registered_at: Scalars['AWSDateTime']['output'];
  /** As last reported. It is old when the device is silent. */
  readonly run_state: RunState;
  readonly fault_code: Maybe<Scalars['Int']['output']>;
  /** When anything last came from it. null: never. */
  readonly last_contact_at: Maybe<Scalars['AWSDateTime']['output']>;
  /** From when on it counts as silent if nothing newer comes until then; what it sends may be old. null: it has never reported. */
  readonly silent_at: Maybe<Scalars['AWSDateTime']['output']>;
  /** The newest document. It is old when the device is silent. */
  readonly latest: Maybe<StatusDocument>;
  /** The server's time of this answer. */
  readonly as_of: Scalars['AWSDateTime']['output'];
};

/** One sample of a controller. */
export type StatusDocument = {
  readonly boot_id: Scalars['Float']['output'];
  readonly seq: Scalars['Float']['output'];
  readonly time: Scalars['AWSDateTime']['output'];
  readonly run_state: Maybe<RunState>;
  readonly dc_bus_v: Maybe<Scalars['Float']['output']>;
  readonly solar_w: Maybe<Scalars['Float']['output']>;
  readonly grid_w: Maybe<Scalars['Float']['output']>;
  readonly motor_w: Maybe<Scalars['Float']['output']>;
  readonly motor_a: Maybe<Scalars['Float']['output']>;
  readonly motor_hz: Maybe<Scalars['Float']['output']>;
  readonly temp_c: Maybe<Scalars['Float']['output']>;
  readonly fault_code: Maybe<Scalars['Int']['output']>;
  readonly signal_pct: Maybe<Scalars['Float']['output']>;
};

export type SeriesMetric =
  | 'dc_bus_v'
  | 'solar_w'
  | 'grid_w'
  | 'motor_w'
  | 'motor_a'
  | 'motor_hz'
  | 'temp_c'
  | 'signal_pct';

export type SeriesResolution =
  | 'one_minute'
  | 'five_minutes'
  | 'fifteen_minutes'
  | 'one_hour';

export type DeviceSeries = {
  readonly device_id: Scalars['ID']['output'];
  /** Start of the first step. */
  readonly from: Scalars['AWSDateTime']['output'];
  /** End of the last step. */
  readonly to: Scalars['AWSDateTime']['output'];
  readonly step_s: Scalars['Int']['output'];
  readonly metrics: ReadonlyArray<MetricSeries>;
  /** The server's time of this answer. */
  readonly as_of: Scalars['AWSDateTime']['output'];
};

export type MetricSeries = {
  readonly metric: SeriesMetric;
  readonly unit: Scalars['String']['output'];
  /** One value a step: the mean of what was reported in it, in hundredths of the unit. */
  readonly values: ReadonlyArray<Maybe<Scalars['Float']['output']>>;
};

export type WatchLease = {
  readonly device_id: Scalars['ID']['output'];
  /** Until when what comes from it is told; renew before. */
  readonly watched_until: Scalars['AWSDateTime']['output'];
  /** Until when it is asked to send each sample as it is taken. null: today's allowance is used up. */
  readonly live_until: Maybe<Scalars['AWSDateTime']['output']>;
  /** How much of today's (UTC) allowance is left. */
  readonly live_left_s: Scalars['Int']['output'];
};

/** What came from a device: one pack's documents, or one live sample. */
export type DeviceStatus = {
  readonly device_id: Scalars['ID']['output'];
  readonly path: Scalars['String']['output'];
  readonly last_contact_at: Scalars['AWSDateTime']['output'];
  readonly silent_at: Scalars['AWSDateTime']['output'];
  /** In the order of time. */
  readonly documents: ReadonlyArray<StatusDocument>;
};

export type DeviceStatusInput = {
  readonly device_id: Scalars['ID']['input'];
  readonly path: Scalars['String']['input'];
  readonly last_contact_at: Scalars['AWSDateTime']['input'];
  readonly silent_at: Scalars['AWSDateTime']['input'];
  readonly documents: ReadonlyArray<StatusDocumentInput>;
};

export type StatusDocumentInput = {
  readonly boot_id: Scalars['Float']['input'];
  readonly seq: Scalars['Float']['input'];
  readonly time: Scalars['AWSDateTime']['input'];
  readonly run_state?: InputMaybe<RunState>;
  readonly dc_bus_v?: InputMaybe<Scalars['Float']['input']>;
  readonly solar_w?: InputMaybe<Scalars['Float']['input']>;
  readonly grid_w?: InputMaybe<Scalars['Float']['input']>;
  readonly motor_w?: InputMaybe<Scalars['Float']['input']>;
  readonly motor_a?: InputMaybe<Scalars['Float']['input']>;
  readonly motor_hz?: InputMaybe<Scalars['Float']['input']>;
  readonly temp_c?: InputMaybe<Scalars['Float']['input']>;
  readonly fault_code?: InputMaybe<Scalars['Int']['input']>;
  readonly signal_pct?: InputMaybe<Scalars['Float']['input']>;
};
