import { expectThat, patientFetch } from '@enstratus/platform/smoke';
import { z } from 'zod';

/** Asks the user pool from outside for the keys by which everybody checks tokens: without them nobody gets in anywhere. */
const { ISSUER } = z.object({ ISSUER: z.url() }).parse(process.env);
const keys = z.object({ keys: z.array(z.object({ kid: z.string(), alg: z.literal('RS256') })).min(1) });

const answer = await patientFetch(`${ISSUER}/.well-known/jwks.json`);
expectThat(
  'the user pool tells its keys',
  answer.status === 200 && keys.safeParse(JSON.parse(answer.text)).success,
  `${answer.status} ${answer.text}`,
);
