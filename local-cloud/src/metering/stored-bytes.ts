import type { Scope, Service } from '../kernel/service.ts';

/** What a resource keeps at this moment, in the bytes by which AWS bills storage. */
export interface StoredBytes extends Scope {
  /** By its SigV4 name. */
  readonly service: string;
  /** The table, `<table>/index/<index>`, log group or bucket. */
  readonly resource: string;
  readonly bytes: number;
  readonly items?: number;
}

/** A service whose storage AWS bills. */
export interface StoringService extends Service {
  /** Of every account and region in which the service keeps something. */
  storedBytes(): StoredBytes[];
}

/** What all services keep at this moment. */
export function storedBytesOf(services: readonly Service[]): StoredBytes[] {
  return services.flatMap((service) => (isStoring(service) ? service.storedBytes() : []));
}

function isStoring(service: Service): service is StoringService {
  return typeof (service as Partial<StoringService>).storedBytes === 'function';
}
