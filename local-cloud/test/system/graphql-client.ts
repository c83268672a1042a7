import { randomBytes, randomUUID } from 'node:crypto';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Persona } from '@enstratus/contract';
import WebSocket from 'ws';
import { type DemoUser, newPassword, registerPerson } from '../../src/demo/demo-people.ts';
import { clientOptions } from '../../src/tools/running-system.ts';
import { signIn } from '../../src/tools/sign-in.ts';
import type { System } from './system.ts';

export interface GraphqlAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly errorType?: string; readonly path?: readonly unknown[] }[];
}

/** Somebody who is signed in to the deployed system, and asks its GraphQL API over HTTP and its web socket. */
export class SignedIn {
  readonly user: DemoUser;
  readonly token: string;
  readonly #system: System;

  private constructor(system: System, user: DemoUser, token: string) {
    this.#system = system;
    this.user = user;
    this.token = token;
  }

  /** Signs in as the demo login of a persona. */
  static async as(system: System, persona: Persona): Promise<SignedIn> {
    const user = system.endpoints.users.find((one) => one.persona === persona);
    if (user === undefined) throw new Error(`no demo login of the persona ${persona}`);
    return SignedIn.with(system, user);
  }

  /** Somebody new of this persona, who sees what lies below the path. */
  static async new(system: System, persona: Persona, path: string): Promise<SignedIn> {
    const user_id = `test-${randomBytes(6).toString('hex')}`;
    const user: DemoUser = { persona, user_id, email: `${user_id}@test.example`, name: `Test ${persona}`, path, password: newPassword() };
    const { tableName, userPoolId } = system.endpoints;
    const cognito = new CognitoIdentityProviderClient(clientOptions(system.endpoints));
    await registerPerson({ cognito, documents: system.table, table: tableName, userPoolId }, user, { setPassword: true });
    return SignedIn.with(system, user);
  }

  static async with(system: System, user: DemoUser): Promise<SignedIn> {
    const { AccessToken } = await signIn(system.endpoints, user.email, user.password);
    return new SignedIn(system, user, AccessToken);
  }

  async ask(query: string, variables: object = {}, token = this.token): Promise<GraphqlAnswer> {
    const response = await fetch(this.#system.endpoints.graphql ?? '', {
      method: 'POST',
      headers: { authorization: token, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as GraphqlAnswer;
  }

  /** Subscribes to a device's status; resolves when the subscription is acknowledged, rejects with what it is refused with. */
  async watch(device_id: string): Promise<Watching> {
    const { graphql, graphqlRealtime } = this.#system.endpoints;
    const authorization = { host: new URL(graphql ?? '').host, Authorization: this.token };
    const header = Buffer.from(JSON.stringify(authorization)).toString('base64url');
    const socket = new WebSocket(graphqlRealtime ?? '', ['graphql-ws', `header-${header}`]);
    const told: unknown[] = [];
    const id = randomUUID();
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the socket was closed')));
      socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
      socket.on('message', (text) => {
        const message = JSON.parse(String(text)) as { type: string; id?: string; payload?: { data?: { onDeviceStatus: unknown } } };
        if (message.type === 'connection_ack') {
          const query =
            'subscription Watch($device_id: ID!) { onDeviceStatus(device_id: $device_id) { device_id path last_contact_at silent_at documents { seq time solar_w } } }';
          const payload = { data: JSON.stringify({ query, variables: { device_id } }), extensions: { authorization } };
          socket.send(JSON.stringify({ id, type: 'start', payload }));
        } else if (message.type === 'start_ack') resolve();
        else if (message.type === 'error' || message.type === 'connection_error') reject(new Error(JSON.stringify(message.payload)));
        else if (message.type === 'data') told.push(message.payload?.data?.onDeviceStatus);
      });
    }).catch((error: unknown) => {
      socket.terminate();
      throw error;
    });
    return { told, stop: () => socket.terminate() };
  }
}

export interface Watching {
  /** What was told so far, the oldest first. */
  readonly told: readonly unknown[];
  stop(): void;
}
