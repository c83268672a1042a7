import type { AccessTokens } from '../graphql/client.ts';
import type { GraphQLDocument } from '../graphql/document.ts';
import { SessionEnded } from '../graphql/failures.ts';
import {
  authorization,
  connectionInit,
  type Frame,
  parseFrame,
  saysUnauthorized,
  startFrame,
  stopFrame,
  subprotocols,
} from './appsync-protocol.ts';
import { reconnectDelay_ms } from './backoff.ts';

/** How a subscription is: 'live' only between AppSync's start_ack and the loss of the connection. 'refused': it will not come. */
export type SubscriptionState = 'connecting' | 'live' | 'reconnecting' | 'refused';

export interface Listener<Result> {
  /** Called at each change. What came while it was not 'live' was missed, and has to be fetched. */
  onState(state: SubscriptionState): void;
  onData(data: Result): void;
}

/** What of a WebSocket is used. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'readyState' | 'onopen' | 'onmessage' | 'onclose'>;

interface Options {
  readonly realtime_url: string;
  readonly graphql_url: string;
  readonly tokens: AccessTokens;
  readonly connect?: (url: string, protocols: string[]) => Socket;
  readonly random?: () => number;
  /** How long an answer to connecting, or to the start of a subscription, may take until the connection counts as failed. */
  readonly answerWithin_ms?: number;
  /** The session ended: nothing more will come. */
  readonly onSessionEnded?: () => void;
}

interface Subscription {
  readonly id: string;
  readonly document: string;
  readonly variables: unknown;
  readonly listener: Listener<unknown>;
  state: SubscriptionState;
  /** Whether a fresh token was tried for it already. */
  refreshed: boolean;
}

const defaultAnswer_ms = 15_000;
/** How long AppSync's connections may be quiet, where its connection_ack does not say. */
const defaultTimeout_ms = 300_000;

/**
 * Subscriptions over one websocket to AppSync. It connects with the first subscription, hangs up after the last, and comes back by itself: after
 * a loss, when nothing was heard for longer than AppSync promised, and at once when the browser is back online. Each connection and each
 * start takes a token that is good now.
 */
export class RealtimeClient {
  readonly #options: Options;
  readonly #subscriptions = new Map<string, Subscription>();
  #socket: Socket | undefined;
  #acknowledged = false;
  #attempt = 0;
  #refreshNext = false;
  #count = 0;
  #timeout_ms = defaultTimeout_ms;
  #heardAt = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Changes with each connection, so that what a former one still says is not taken for the present one's. */
  #generation = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** @returns Ends the subscription. */
  subscribe<Result, Variables>(document: GraphQLDocument<Result, Variables>, variables: Variables, listener: Listener<Result>): () => void {
    this.#count += 1;
    const subscription: Subscription = {
      id: String(this.#count),
      document,
      variables,
      listener: listener as Listener<unknown>,
      state: 'connecting',
      refreshed: false,
    };
    this.#subscriptions.set(subscription.id, subscription);
    if (this.#acknowledged) void this.#start(subscription);
    else if (this.#socket === undefined && this.#retry === undefined) void this.#connect();
    return () => this.#unsubscribe(subscription);
  }

  /** The browser is online again, or the page was woken up: do not wait for the next attempt, and do not trust a connection that went quiet. */
  wake(): void {
    if (this.#subscriptions.size === 0) return;
    if (this.#acknowledged && performance.now() - this.#heardAt < this.#timeout_ms) return;
    if (this.#socket !== undefined && !this.#acknowledged) return;
    this.#attempt = 0;
    this.#drop();
    void this.#connect();
  }

  /** The browser is offline: the connection is lost, even where nobody has noticed yet. */
  lost(): void {
    if (this.#subscriptions.size === 0) return;
    this.#drop();
    this.#retryLater();
  }

  /** Ends everything. */
  close(): void {
    this.#subscriptions.clear();
    this.#drop();
  }

  async #connect(): Promise<void> {
    this.#drop();
    const generation = this.#generation;
    const { realtime_url, graphql_url, tokens, connect = (url, protocols) => new WebSocket(url, protocols) } = this.#options;
    let token: string;
    try {
      token = await tokens.accessToken({ refresh: this.#refreshNext });
      this.#refreshNext = false;
    } catch (error) {
      if (generation !== this.#generation) return;
      if (error instanceof SessionEnded) return this.#sessionEnded();
      return this.#retryLater();
    }
    if (generation !== this.#generation || this.#subscriptions.size === 0) return;
    const socket = connect(realtime_url, subprotocols(authorization(graphql_url, token)));
    this.#socket = socket;
    this.#expectWithin(this.#options.answerWithin_ms ?? defaultAnswer_ms);
    socket.onopen = () => socket.send(connectionInit);
    socket.onmessage = ({ data }) => {
      if (generation !== this.#generation) return;
      const frame = parseFrame(data);
      if (frame !== undefined) this.#take(frame);
    };
    socket.onclose = () => {
      if (generation === this.#generation) this.#retryLater();
    };
  }

  #take(frame: Frame): void {
    if (this.#acknowledged) this.#expectWithin(this.#timeout_ms);
    switch (frame.type) {
      case 'connection_ack':
        this.#acknowledged = true;
        this.#timeout_ms = frame.payload?.connectionTimeoutMs ?? defaultTimeout_ms;
        this.#expectWithin(this.#timeout_ms);
        for (const subscription of this.#subscriptions.values()) void this.#start(subscription);
        return;
      case 'connection_error':
        if (saysUnauthorized(frame)) this.#refreshNext = true;
        this.#retryLater();
        return;
      case 'ka':
        return;
      case 'start_ack': {
        const subscription = this.#subscriptions.get(frame.id);
        if (subscription !== undefined) {
          subscription.refreshed = false;
          this.#attempt = 0;
          this.#report(subscription, 'live');
        }
        return;
      }
      case 'data':
        if (frame.payload.data != null) this.#subscriptions.get(frame.id)?.listener.onData(frame.payload.data);
        return;
      case 'error':
        this.#refuse(frame);
        return;
      case 'complete': {
        // AppSync ends a subscription by itself, for instance by invalidation: it is wanted still.
        const subscription = this.#subscriptions.get(frame.id);
        if (subscription !== undefined && subscription.state === 'live') void this.#start(subscription);
        return;
      }
    }
  }

  #refuse(frame: Extract<Frame, { type: 'error' }>): void {
    const subscription = frame.id === undefined ? undefined : this.#subscriptions.get(frame.id);
    // An error without a subscription's id speaks of the connection.
    if (subscription === undefined) {
      if (frame.id === undefined) this.#retryLater();
      return;
    }
    if (saysUnauthorized(frame) && !subscription.refreshed) {
      subscription.refreshed = true;
      void this.#start(subscription, true);
      return;
    }
    this.#report(subscription, 'refused');
  }

  async #start(subscription: Subscription, refresh = false): Promise<void> {
    const generation = this.#generation;
    this.#report(subscription, subscription.state === 'connecting' ? 'connecting' : 'reconnecting');
    try {
      const token = await this.#options.tokens.accessToken({ refresh });
      if (generation !== this.#generation || !this.#subscriptions.has(subscription.id)) return;
      const headers = authorization(this.#options.graphql_url, token);
      this.#socket?.send(startFrame(subscription.id, subscription.document, subscription.variables, headers));
      setTimeout(() => {
        const waiting = subscription.state === 'connecting' || subscription.state === 'reconnecting';
        if (generation === this.#generation && waiting && this.#subscriptions.has(subscription.id)) this.#retryLater();
      }, this.#options.answerWithin_ms ?? defaultAnswer_ms);
    } catch (error) {
      if (generation !== this.#generation) return;
      if (error instanceof SessionEnded) this.#sessionEnded();
      else this.#retryLater();
    }
  }

  #unsubscribe(subscription: Subscription): void {
    if (!this.#subscriptions.delete(subscription.id)) return;
    if (this.#acknowledged) this.#socket?.send(stopFrame(subscription.id));
    if (this.#subscriptions.size === 0) this.#drop();
  }

  #expectWithin(duration_ms: number): void {
    this.#heardAt = performance.now();
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#retryLater(), duration_ms);
  }

  #retryLater(): void {
    this.#drop();
    if (this.#subscriptions.size === 0) return;
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.state !== 'connecting' || this.#attempt > 0) this.#report(subscription, 'reconnecting');
    }
    this.#retry = setTimeout(() => void this.#connect(), reconnectDelay_ms(this.#attempt, this.#options.random));
    this.#attempt += 1;
  }

  #sessionEnded(): void {
    this.#drop();
    for (const subscription of this.#subscriptions.values()) this.#report(subscription, 'refused');
    this.#options.onSessionEnded?.();
  }

  #report(subscription: Subscription, state: SubscriptionState): void {
    if (subscription.state === state) return;
    subscription.state = state;
    subscription.listener.onState(state);
  }

  /** Forgets the connection and whatever was planned for it. */
  #drop(): void {
    this.#generation += 1;
    this.#acknowledged = false;
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.onclose = null;
    socket.onmessage = null;
    socket.onopen = null;
    socket.close();
  }
}
