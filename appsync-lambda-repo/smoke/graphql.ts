import { expectThat, patientFetch } from '@enstratus/platform/smoke';
import { z } from 'zod';

/** Asks the deployed API from outside, as somebody without a token: it must be there and answer nobody who isn't signed in. */
const { GRAPHQL_URL } = z.object({ GRAPHQL_URL: z.url() }).parse(process.env);
const body = JSON.stringify({ query: '{ __typename }' });
const refusal = z.object({ errors: z.array(z.object({ errorType: z.string() })).min(1) });

for (const [who, authorization] of [
  ['nobody', undefined],
  ['a made-up token', 'eyJhbGciOiJub25lIn0.e30.'],
] as const) {
  const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) };
  const answer = await patientFetch(GRAPHQL_URL, { method: 'POST', headers, body });
  const isRefused = answer.status === 401 && refusal.safeParse(JSON.parse(answer.text)).success;
  expectThat(`the API refuses ${who}`, isRefused, `${answer.status} ${answer.text}`);
}
