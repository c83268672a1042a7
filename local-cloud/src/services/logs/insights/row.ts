import { discoveredFields, type EventFields, fieldAt } from './discovered-fields.ts';
import { Timestamp, type Value } from './value.ts';

/** One line of the result as it passes from command to command. */
export interface Row {
  get(name: string): Value;
  set(name: string, value: Value): void;
}

/** What a query reads of a stored event. */
export interface QueriedEvent {
  readonly timestamp_ms: number;
  readonly ingested_ms: number;
  readonly message: string;
  readonly logStream: string;
  /** `<account>:<log group>` */
  readonly log: string;
  /** What GetLogRecord takes. */
  readonly pointer: string;
}

/** A log event with its generated, discovered and computed fields; the message is parsed when a field first asks for it. */
export class EventRow implements Row {
  readonly event: QueriedEvent;
  #computed: Map<string, Value> | undefined;
  #discovered: EventFields | undefined;

  constructor(event: QueriedEvent) {
    this.event = event;
  }

  get(name: string): Value {
    const computed = this.#computed === undefined ? undefined : getIn(this.#computed, name);
    if (computed !== undefined) return computed;
    switch (name) {
      case '@timestamp':
        return new Timestamp(this.event.timestamp_ms);
      case '@ingestionTime':
        return new Timestamp(this.event.ingested_ms);
      case '@message':
        return this.event.message;
      case '@logStream':
        return this.event.logStream;
      case '@log':
        return this.event.log;
      case '@ptr':
        return this.event.pointer;
      default:
        this.#discovered ??= discoveredFields(this.event);
        return this.#discovered.get(name);
    }
  }

  set(name: string, value: Value): void {
    this.#computed ??= new Map();
    this.#computed.set(name, value);
  }
}

/** A line that `stats` made: it has only what it was given. */
export class ComputedRow implements Row {
  readonly #values = new Map<string, Value>();

  get(name: string): Value {
    return getIn(this.#values, name) ?? null;
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }
}

/** The value of that name, or what a structure holds below its name: `parsed.status.code`. Undefined when there is neither. */
function getIn(values: ReadonlyMap<string, Value>, name: string): Value | undefined {
  const value = values.get(name);
  if (value !== undefined) return value;
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
    const structure = values.get(name.slice(0, dot));
    if (structure !== undefined && structure !== null && typeof structure === 'object' && !(structure instanceof Timestamp))
      return fieldAt(structure, name.slice(dot + 1), true);
  }
  return undefined;
}
