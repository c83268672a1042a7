import type { Persona } from '@enstratus/contract';

/** A device as its registration says. */
export interface KnownDevice {
  readonly device_id: string;
  readonly particle_id: string;
  readonly name: string;
  /** The device's own path. */
  readonly path: string;
  readonly time_zone: string;
  readonly pack_minutes: number;
  /** RFC 3339, UTC. */
  readonly registered_at: string;
  /** Where it stands, in degrees; of a place like it where that isn't known. */
  readonly lat: number;
  readonly lon: number;
  /** Of the newest report that the cloud has; undefined: none. */
  readonly report?: { readonly boot_id: number; readonly uptime_s: number } | undefined;
}

export interface KnownPerson {
  readonly persona: Persona;
  readonly email: string;
  readonly user_id: string;
  /** The organization below which they see everything. */
  readonly path: string;
  /** By which the pool knows them. */
  readonly username: string;
  readonly sub: string;
}

export interface KnownCustomResource {
  /** `Custom::Site` */
  readonly type: string;
  readonly stack_id: string;
  readonly logical_id: string;
  readonly physical_id: string;
  /** ARN of its function. */
  readonly service_token: string;
  /** As the template has them, without ServiceToken; scalars are texts, as CloudFormation hands them over. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Where an event happens: the system that runs, or one that could. */
export interface Surroundings {
  readonly account: string;
  readonly region: string;
  /** Where Particle's webhook posts. */
  readonly webhook_url: string;
  readonly user_pool: { readonly id: string; readonly client_id: string; readonly issuer: string };
  /** Now, ms since 1970. */
  readonly now_ms: number;
  /** A device by its id, the first demo device without one. Rejects with ToolError when there is none. */
  device(device_id: string | undefined): Promise<KnownDevice>;
  person(persona: Persona): Promise<KnownPerson>;
  topicArn(): Promise<string>;
  /** Of the queue that feeds a function, `ingest/record-event`. Rejects with ToolError when none does. */
  queueArn(functionName: string): Promise<string>;
  /** The one behind which a function stands, `dashboard/deploy-site`. Rejects with ToolError when there is none. */
  customResource(functionName: string): Promise<KnownCustomResource>;
}
