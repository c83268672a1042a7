import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { coversPath, type Persona } from '@enstratus/contract';
import { newPassword, registerPerson } from '../src/demo/demo-people.ts';
import type { Endpoints } from '../src/start/endpoints-file.ts';
import { clientOptions } from '../src/tools/running-system.ts';
import { signIn } from '../src/tools/sign-in.ts';
import type { BenchDevice } from './fleet.ts';
import type { BenchUser } from './plan.ts';

/** How many users of a persona, spread over these organizations. */
export interface Crowd {
  readonly persona: Persona;
  readonly count: number;
  readonly paths: readonly string[];
}

/** Registers and signs in everybody, each with a token of their own. `tell` hears of progress. */
export async function signInCrowd(
  endpoints: Endpoints,
  documents: DynamoDBDocumentClient,
  crowds: readonly Crowd[],
  devices: readonly BenchDevice[],
  tell: (line: string) => void,
): Promise<BenchUser[]> {
  const cognito = new CognitoIdentityProviderClient(clientOptions(endpoints));
  const seed = { cognito, documents, table: endpoints.tableName, userPoolId: endpoints.userPoolId };
  const everybody = crowds.flatMap(({ persona, count, paths }) =>
    Array.from({ length: count }, (_, index) => ({ persona, index, path: paths[index % paths.length] ?? '/enfusion' })),
  );
  const users: BenchUser[] = [];
  const one = async ({ persona, index, path }: (typeof everybody)[number]) => {
    const person = {
      persona,
      user_id: `bench-${persona}-${index}`,
      email: `${persona}-${index}@bench.example`,
      name: `${persona} ${index}`,
      path,
      password: newPassword(),
    };
    await registerPerson(seed, person, { setPassword: true });
    const { AccessToken } = await signIn(endpoints, person.email, person.password);
    users.push({ persona, token: AccessToken, path, devices: devices.filter((device) => coversPath(path, device.path)).slice(0, 200) });
    if (users.length % 100 === 0) tell(`${users.length} of ${everybody.length} users signed in`);
  };
  const waiting = [...everybody];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await one(next);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return users;
}
