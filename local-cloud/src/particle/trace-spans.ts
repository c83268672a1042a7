import { type Span, type SpanPlace, spanTime_ms } from '../kernel/span.ts';
import { formatTraceHeader, newSpanId, newTraceRoot, parseTraceHeader } from '../kernel/trace-header.ts';

/** Who is told of a span when its work has ended. */
export type TellSpan = (span: Span) => void;

/** A span whose work goes on. */
export interface OpenSpan {
  readonly place: SpanPlace;
  readonly start_ms: number;
  /** The `X-Amzn-Trace-Id` for whatever it asks others to do: the same trace, this span as the parent, sampled. */
  readonly header: string;
}

type Told = Pick<Span, 'operation' | 'resource' | 'errorCode' | 'attributes'>;

/**
 * The stand-in's spans. The real Particle cloud makes none and sends no tracing header: what is sent here makes one trace from the device's publish on.
 * It asks for its traces to be sampled, so that functions tell what they know of them.
 */
export class TraceSpans {
  readonly #tell: TellSpan;

  constructor(tell: TellSpan) {
    this.#tell = tell;
  }

  /** Begins a trace. */
  begin(): OpenSpan {
    const start_ms = spanTime_ms();
    return open({ trace_id: newTraceRoot(start_ms), span_id: newSpanId() }, start_ms);
  }

  below({ place }: OpenSpan): OpenSpan {
    return open({ trace_id: place.trace_id, span_id: newSpanId(), parent_id: place.span_id }, spanTime_ms());
  }

  /** Of a caller; undefined when it sent no header. */
  under(callersHeader: string | undefined): OpenSpan | undefined {
    const callers = parseTraceHeader(callersHeader);
    return callers === undefined
      ? undefined
      : open({ trace_id: callers.root, span_id: newSpanId(), parent_id: callers.parent }, spanTime_ms(), callers.sampled);
  }

  /** Tells of a span that ends now. */
  end({ place, start_ms }: OpenSpan, told: Told): void {
    this.#tell({
      account: 'particle',
      region: 'particle',
      ...place,
      service: 'particle',
      start_ms,
      duration_ms: Math.max(0, spanTime_ms() - start_ms),
      ...told,
    });
  }
}

function open(place: SpanPlace, start_ms: number, sampled: '0' | '1' | undefined = '1'): OpenSpan {
  return { place, start_ms, header: formatTraceHeader({ root: place.trace_id, parent: place.span_id, sampled }) };
}
