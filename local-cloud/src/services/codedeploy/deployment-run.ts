import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller, Scope } from '../../kernel/service.ts';
import { lookAtAlarms, type StopReason } from './alarm-watch.ts';
import type { CodeDeployStore } from './codedeploy-store.ts';
import { emitStateChange } from './deployment-events.ts';
import { newDeploymentId } from './deployment-id.ts';
import { type DeploymentRecord, isOver } from './deployment-record.ts';
import { ALL_AT_ONCE, stepsOf } from './predefined-configs.ts';
import { ServiceRoleSession } from './service-role.ts';

export interface RunOptions {
  /** How long a minute of a deployment configuration lasts, in milliseconds. */
  readonly canaryMinute_ms: number;
}

/** How often alarms are looked at while traffic shifts; at least some times between two steps. */
const LONGEST_POLL_MS = 500;

const aliasAnswer = z.object({ FunctionVersion: z.string() });

/**
 * One deployment to Lambda from wherever it is to its end: the alias gets its share step by step, alarms are looked at all the while. What is done is
 * on disk after each step, so that it goes on after a restart.
 */
export class DeploymentRun {
  readonly id: string;
  readonly #cloud: Cloud;
  readonly #scope: Scope;
  readonly #store: CodeDeployStore;
  readonly #options: RunOptions;
  readonly #begin: (id: string) => void;
  readonly #stopped = new AbortController();

  /** `begin` sets a rollback's deployment going. */
  constructor(cloud: Cloud, scope: Scope, store: CodeDeployStore, id: string, options: RunOptions, begin: (id: string) => void) {
    this.id = id;
    this.#cloud = cloud;
    this.#scope = scope;
    this.#store = store;
    this.#options = options;
    this.#begin = begin;
  }

  /** Goes on at the next start. */
  interrupt(): void {
    this.#stopped.abort();
  }

  /** Resolves when the deployment is over or interrupted; its failure is its own and rejects nothing. */
  async go(): Promise<void> {
    const { serviceRoleArn, alarms } = this.#record().settings;
    const session = new ServiceRoleSession(this.#cloud, this.#scope, serviceRoleArn, this.id);
    try {
      if (this.#record().status === 'Created') {
        this.#put({ ...this.#record(), status: 'InProgress', started_ms: this.#cloud.clock() });
        emitStateChange(this.#cloud, this.#scope, this.#record());
      }
      const isRollback = this.#record().creator === 'codeDeployRollback';
      while (!this.#stopped.signal.aborted && !isOver(this.#record())) {
        // A rollback isn't held up by the alarm that caused it.
        const reason = isRollback ? undefined : await lookAtAlarms(this.#cloud, session.caller(), alarms);
        if (isOver(this.#record())) return;
        if (reason !== undefined) {
          this.end('Stopped', reason, 'DEPLOYMENT_STOP_ON_ALARM');
          return;
        }
        if (await this.#shift(session)) await this.#wait();
      }
    } catch (error) {
      if (isOver(this.#record())) return;
      this.end('Failed', failureOf(error), 'DEPLOYMENT_FAILURE');
      if (!(error instanceof AwsError)) console.error(`codedeploy: deployment ${this.id} failed inside the local cloud:`, error);
    }
  }

  /**
   * Ends it before its time; where the group rolls back on this kind of event (or `rollsBack` says so) and the alias was moved, a deployment of its own
   * puts it back.
   */
  end(status: 'Stopped' | 'Failed', error: StopReason, event: string, rollsBack?: boolean): void {
    const record = this.#record();
    const { enabled, events } = record.settings.autoRollback;
    const now = this.#cloud.clock();
    const ended: DeploymentRecord = { ...record, status, error, completed_ms: now };
    const isMoved = record.shiftingSince_ms !== undefined;
    // A rollback that fails isn't rolled back in turn.
    if (!isMoved || record.creator === 'codeDeployRollback' || !(rollsBack ?? (enabled && events.includes(event)))) {
      this.#store.putDeployments(ended);
      emitStateChange(this.#cloud, this.#scope, ended);
      return;
    }
    const back: DeploymentRecord = {
      ...record,
      id: newDeploymentId(),
      settings: { ...record.settings, configName: ALL_AT_ONCE },
      routing: { type: 'AllAtOnce' },
      spec: { ...record.spec, currentVersion: record.spec.targetVersion, targetVersion: record.spec.currentVersion },
      description: `Rolls back ${record.id}`,
      creator: 'codeDeployRollback',
      created_ms: now,
      status: 'Created',
      stepsDone: 0,
      rollback: { rollbackTriggeringDeploymentId: record.id },
    };
    const { started_ms: _, shiftingSince_ms: __, ...fresh } = back;
    const rollback = { rollbackDeploymentId: back.id, rollbackMessage: `Deployment ${record.id} was rolled back by ${back.id}` };
    this.#store.putDeployments({ ...ended, rollback }, fresh);
    emitStateChange(this.#cloud, this.#scope, ended);
    this.#begin(back.id);
  }

  /** Takes the next step when its time has come. True when there is more to do. */
  async #shift(session: ServiceRoleSession): Promise<boolean> {
    const record = this.#record();
    const steps = stepsOf(record.routing);
    const step = steps[record.stepsDone];
    if (step === undefined) return false;
    const now = this.#cloud.clock();
    if (record.shiftingSince_ms !== undefined && now < record.shiftingSince_ms + step.after_minutes * this.#options.canaryMinute_ms)
      return true;
    const { functionName, alias, currentVersion, targetVersion } = record.spec;
    const place = { FunctionName: functionName, Name: alias };
    const caller = session.caller();
    if (record.shiftingSince_ms === undefined && record.creator === 'user') {
      const { FunctionVersion } = aliasAnswer.parse(await this.#cloud.call('lambda', 'GetAlias', place, caller));
      if (FunctionVersion !== currentVersion) throw aliasMismatch();
      await this.#askForProvisionedConcurrency(functionName, targetVersion, caller);
    }
    if (isOver(this.#record())) return false;
    // Before the alias moves: after a kill in between it is known that it may have.
    if (record.shiftingSince_ms === undefined) this.#put({ ...this.#record(), shiftingSince_ms: now });
    const isLast = step.share >= 1;
    await this.#cloud.call(
      'lambda',
      'UpdateAlias',
      isLast
        ? { ...place, FunctionVersion: targetVersion, RoutingConfig: { AdditionalVersionWeights: {} } }
        : { ...place, FunctionVersion: currentVersion, RoutingConfig: { AdditionalVersionWeights: { [targetVersion]: step.share } } },
      caller,
    );
    const latest = this.#record();
    // Stopped while the alias was updated: the rollback, if there is one, puts it back.
    if (isOver(latest)) return false;
    const done: DeploymentRecord = {
      ...latest,
      stepsDone: latest.stepsDone + 1,
      ...(isLast ? { status: 'Succeeded', completed_ms: this.#cloud.clock() } : {}),
    };
    this.#put(done);
    if (isLast) emitStateChange(this.#cloud, this.#scope, done);
    return !isLast;
  }

  /**
   * AWS's own policies for the service let it ask (AWS Managed Policy Reference Guide, "AWSCodeDeployRoleForLambdaLimited"). There is none here that it would wait for; whether AWS fails a
   * deployment whose role may not ask couldn't be checked, so it goes on.
   */
  async #askForProvisionedConcurrency(FunctionName: string, Qualifier: string, caller: Caller): Promise<void> {
    try {
      await this.#cloud.call('lambda', 'GetProvisionedConcurrencyConfig', { FunctionName, Qualifier }, caller);
    } catch (error) {
      const isKnown =
        error instanceof AwsError && ['AccessDeniedException', 'ProvisionedConcurrencyConfigNotFoundException'].includes(error.code);
      if (!isKnown) throw error;
    }
  }

  async #wait(): Promise<void> {
    const wait_ms = Math.min(LONGEST_POLL_MS, this.#options.canaryMinute_ms / 4);
    await pause(wait_ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }

  #record(): DeploymentRecord {
    const record = this.#store.deployment(this.id);
    if (record === undefined) throw new Error(`deployment ${this.id} is gone`);
    return record;
  }

  #put(record: DeploymentRecord): void {
    this.#store.putDeployments(record);
  }
}

/** In the words of CodeDeploy, as users report them. */
function aliasMismatch(): AwsError {
  return new AwsError(
    'INVALID_LAMBDA_CONFIGURATION',
    'The deployment failed because the AppSpec file that specifies the AWS Lambda deployment configuration is missing or has an invalid configuration. The Lambda function alias version does not match the current version in AppSpec file.',
  );
}

function failureOf(error: unknown): StopReason {
  if (!(error instanceof AwsError)) return { code: 'INTERNAL_ERROR', message: error instanceof Error ? error.message : String(error) };
  if (error.code === 'INVALID_LAMBDA_CONFIGURATION') return { code: error.code, message: error.message };
  if (error.httpStatus === 403) return { code: 'IAM_ROLE_PERMISSIONS', message: error.message };
  return { code: 'INVALID_LAMBDA_FUNCTION', message: error.message };
}
