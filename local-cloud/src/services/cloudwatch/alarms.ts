import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import { actionsFor, emitStateChange, tellTopic } from './alarm-actions.ts';
import type { Alarm, AlarmState } from './alarm-record.ts';
import { AlarmStore, type KeptAlarm } from './alarm-store.ts';
import { BUCKET_MS } from './datapoints.ts';
import { evaluateAlarm, FURTHER_PERIODS } from './evaluate-alarm.ts';
import type { MetricStore } from './metric-store.ts';
import { stateReason, stateReasonData } from './state-reason.ts';

export interface AlarmOptions {
  /** How often alarms are evaluated, in milliseconds. AWS does it each minute; here a breach is to be seen at once: 1,000. */
  readonly evaluateEvery_ms?: number;
}

const EVALUATE_EVERY_MS = 1_000;
/** SetAlarmState's state lasts until the next evaluation, which would be at once. */
const SET_STATE_LASTS_MS = 10_000;

/** The alarms of every account and region, and the clockwork that evaluates them. */
export class Alarms {
  readonly metrics: MetricStore;
  readonly in: (scope: Scope) => AlarmStore;
  readonly #cloud: Cloud;
  readonly #evaluateEvery_ms: number;
  readonly #scopes = new Map<AlarmStore, Scope>();
  /** By alarm's ARN: until when its state, set by hand, stays. */
  readonly #setUntil = new Map<string, number>();
  readonly #telling = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(cloud: Cloud, metrics: MetricStore, options: AlarmOptions = {}) {
    this.#cloud = cloud;
    this.#evaluateEvery_ms = options.evaluateEvery_ms ?? EVALUATE_EVERY_MS;
    this.metrics = metrics;
    this.in = perScope((scope) => {
      const store = new AlarmStore(cloud.state.database(scope, 'monitoring'));
      this.#scopes.set(store, scope);
      return store;
    });
  }

  /** Metrics begin anew with the process, so what an alarm knew is void: it begins anew too, without telling anybody. */
  start(): void {
    const now = this.#cloud.clock();
    for (const scope of this.#cloud.state.scopesOf('monitoring')) {
      const store = this.in(scope);
      for (const { alarm } of store.list()) {
        const reason = 'Unchecked: the local cloud was started again and keeps no datapoints across a restart';
        store.put({ ...alarm, state: { value: 'INSUFFICIENT_DATA', reason, updated_ms: now, transitioned_ms: now } });
      }
    }
    this.#timer = setInterval(() => this.evaluateAll(), this.#evaluateEvery_ms);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#telling);
  }

  /** Throws ResourceNotFound. */
  get(scope: Scope, name: string): Alarm {
    const kept = this.in(scope).get(name);
    if (kept === undefined) throw new AwsError('ResourceNotFound', `Alarm ${name} does not exist`, 404);
    return kept.alarm;
  }

  /** Evaluates every alarm over the periods that end now. */
  evaluateAll(): void {
    for (const [store, scope] of this.#scopes) {
      for (const kept of store.list()) this.#evaluate(store, scope, kept);
    }
  }

  /** Sets a state by hand; it stays for ten seconds, then the metric decides again. */
  setState(scope: Scope, alarm: Alarm, state: Pick<AlarmState, 'value' | 'reason' | 'reasonData'>): void {
    this.#setUntil.set(alarm.arn, this.#cloud.clock() + SET_STATE_LASTS_MS);
    this.#change(this.in(scope), scope, alarm, state);
  }

  #evaluate(store: AlarmStore, scope: Scope, { alarm, watched }: KeptAlarm): void {
    const now = this.#cloud.clock();
    const until = this.#setUntil.get(alarm.arn);
    if (until !== undefined) {
      if (now < until) return;
      this.#setUntil.delete(alarm.arn);
    }
    const { settings } = alarm;
    const { queries, id, period_s } = watched;
    // The bucket that is being filled counts, so that what just happened is seen.
    const end_ms = (Math.floor(now / BUCKET_MS) + 1) * BUCKET_MS;
    const periods = settings.EvaluationPeriods + FURTHER_PERIODS;
    const { values, sets } = queries.values(this.metrics, scope, id, { end_ms, period_ms: period_s * 1000, periods });
    const verdict = evaluateAlarm(values, settings);
    if (verdict.state === undefined || verdict.state === alarm.state.value) return;
    const evaluation = { verdict, values, sets, end_ms, period_s };
    const reason = stateReason(settings, verdict.state, evaluation);
    this.#change(store, scope, alarm, { value: verdict.state, reason, reasonData: stateReasonData(settings, evaluation, now) });
  }

  #change(store: AlarmStore, scope: Scope, alarm: Alarm, state: Pick<AlarmState, 'value' | 'reason' | 'reasonData'>): void {
    const now = this.#cloud.clock();
    const old = alarm.state;
    const changes = state.value !== old.value;
    const changed: Alarm = { ...alarm, state: { ...state, updated_ms: now, transitioned_ms: changes ? now : old.transitioned_ms } };
    store.put(changed);
    if (!changes) return;
    const alarmName = alarm.settings.AlarmName;
    const shown = ({ value, reason, reasonData }: Pick<AlarmState, 'value' | 'reason' | 'reasonData'>) => ({
      stateValue: value,
      stateReason: reason,
      ...(reasonData === undefined ? {} : { stateReasonData: parsed(reasonData) }),
    });
    store.addHistory({
      alarmName,
      at_ms: now,
      type: 'StateUpdate',
      summary: `Alarm updated from ${old.value} to ${state.value}`,
      data: JSON.stringify({ version: '1.0', oldState: shown(old), newState: shown(state) }),
    });
    emitStateChange(this.#cloud, scope, changed, old);
    const telling: Promise<void> = this.#tell(store, scope, changed, old).finally(() => this.#telling.delete(telling));
    this.#telling.add(telling);
  }

  async #tell(store: AlarmStore, scope: Scope, alarm: Alarm, old: AlarmState): Promise<void> {
    for (const action of actionsFor(alarm, alarm.state.value)) {
      const failure = await tellTopic(this.#cloud, scope, action, alarm, old);
      // As AWS does, the alarm only notes it; whoever develops here reads it on the console.
      if (failure !== undefined)
        console.warn(`CloudWatch could not tell ${action} of the alarm ${alarm.settings.AlarmName}: ${failure.code}: ${failure.message}`);
      store.addHistory({
        alarmName: alarm.settings.AlarmName,
        at_ms: this.#cloud.clock(),
        type: 'Action',
        summary: failure === undefined ? `Successfully executed action ${action}` : `Failed to execute action ${action}`,
        data: JSON.stringify({
          actionState: failure === undefined ? 'Succeeded' : 'Failed',
          notificationResource: action,
          ...(failure === undefined ? {} : { error: `${failure.code}: ${failure.message}` }),
        }),
      });
    }
  }
}

/** Callers of SetAlarmState may give any JSON. */
function parsed(reasonData: string): unknown {
  try {
    return JSON.parse(reasonData);
  } catch {
    return reasonData;
  }
}
