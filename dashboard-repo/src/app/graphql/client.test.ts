import { describe, expect, it, vi } from 'vitest';
import { type AccessTokens, graphqlClient } from './client.ts';
import { ServiceFailed, SessionEnded, Unreachable } from './failures.ts';
import { MeDocument } from './operations.generated.ts';

const answer = (status: number, body: unknown): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
const me = {
  user_id: 'u1',
  name: 'Ana',
  email: 'ana@example.com',
  persona: 'admin',
  organization: { path: '/enfusion', name: 'ENFusion' },
};
const tokens = (): AccessTokens => ({ accessToken: vi.fn(async (options) => (options?.refresh === true ? 'fresh' : 'kept')) });

function client(...answers: (Response | Error)[]) {
  const send = vi.fn(async (_url: unknown, _init?: RequestInit) => {
    const next = answers.shift();
    if (next === undefined) throw new Error('asked too often');
    if (next instanceof Error) throw next;
    return next;
  });
  return { send, graphql: graphqlClient('https://api.example/graphql', tokens(), send as unknown as typeof fetch) };
}

const authorization = (send: ReturnType<typeof client>['send']) =>
  send.mock.calls.map(([, init]) => new Headers(init?.headers).get('authorization'));

describe('a request', () => {
  it('brings the access token as it is, and gives the data', async () => {
    const { graphql, send } = client(answer(200, { data: { me } }));
    expect(await graphql.request(MeDocument, {})).toEqual({ me });
    expect(authorization(send)).toEqual(['kept']);
    expect(JSON.parse(String(send.mock.calls[0]?.[1]?.body))).toEqual({ query: MeDocument, variables: {} });
  });

  it('renews a token that is refused, once', async () => {
    const { graphql, send } = client(answer(401, {}), answer(200, { data: { me } }));
    expect(await graphql.request(MeDocument, {})).toEqual({ me });
    expect(authorization(send)).toEqual(['kept', 'fresh']);
  });

  it('says that the session ended when a fresh token is refused too', async () => {
    await expect(client(answer(401, {}), answer(401, {})).graphql.request(MeDocument, {})).rejects.toThrow(SessionEnded);
  });

  it('says that nothing came back, apart from what the service could not do', async () => {
    await expect(client(new TypeError('fetch failed')).graphql.request(MeDocument, {})).rejects.toThrow(Unreachable);
    await expect(client(answer(503, 'busy')).graphql.request(MeDocument, {})).rejects.toMatchObject({
      name: 'ServiceFailed',
      retryable: true,
    });
    await expect(client(answer(200, '<html>')).graphql.request(MeDocument, {})).rejects.toMatchObject({
      name: 'ServiceFailed',
      retryable: true,
    });
  });

  it('fails on errors beside data, and knows those that asking again does not help', async () => {
    const failed = (errorType: string) =>
      client(answer(200, { data: { me: null }, errors: [{ message: 'No.', errorType }] })).graphql.request(MeDocument, {});
    await expect(failed('Unauthorized')).rejects.toMatchObject({ message: 'No.', retryable: false });
    await expect(failed('Lambda:Unhandled')).rejects.toMatchObject({ message: 'No.', retryable: true });
    await expect(client(answer(200, { data: null })).graphql.request(MeDocument, {})).rejects.toThrow(ServiceFailed);
  });

  it('that was called off is called off, not unreachable', async () => {
    const abort = new AbortController();
    abort.abort(new Error('called off'));
    await expect(client(new Error('called off')).graphql.request(MeDocument, {}, abort.signal)).rejects.toThrow('called off');
  });
});
