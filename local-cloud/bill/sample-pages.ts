import { writeBenchFleet } from '../bench/fleet.ts';
import { dashboardOperations } from '../bench/operations.ts';
import { graphqlPages } from '../bench/page-calls.ts';
import { signInCrowd } from '../bench/people.ts';
import type { BenchUser, Plan } from '../bench/plan.ts';
import type { Endpoints } from '../src/start/endpoints-file.ts';
import { tableClient } from '../src/tools/running-system.ts';
import { signIn } from '../src/tools/sign-in.ts';
import type { FeatureName, Measured } from './features.ts';
import { each, Meter } from './meter.ts';
import { visitSite } from './visit-site.ts';

/** 500 devices: a page of the fleet as an operator gets it; each customer has 20. Their newest statuses are what is read, so an hour of packs is enough. */
const tree = { partners: 1, dealers: 1, customers: 25, devices: 20, hours: 1 };
const times = 5;

type PageFeature = Extract<
  FeatureName,
  'sign-in' | `fleet page${string}` | 'device page' | 'lease of a watched page' | 'visit of the dashboard'
>;

/** The dashboard's operations, with their texts. */
export const operationsOf = (root: string): Plan['operations'] => dashboardOperations(root);

/** Asks one operation of the dashboard's. Throws on an error in the answer. */
export async function ask(graphql: string, operations: Plan['operations'], name: string, token: string, variables: object): Promise<void> {
  const operation = operations[name];
  if (operation === undefined) throw new Error(`the dashboard has no operation ${name}`);
  const body = JSON.stringify({ query: operation.query, operationName: name, variables });
  const response = await fetch(graphql, { method: 'POST', headers: { authorization: token, 'content-type': 'application/json' }, body });
  const answer = (await response.json()) as { errors?: readonly { message: string }[] };
  if (!response.ok || answer.errors !== undefined) throw new Error(`${name} was answered ${JSON.stringify(answer.errors)}`);
}

/** Opens each page a few times as the dashboard does. `watched` is a device with a day of packs. `tell` hears of progress. */
export async function samplePages(
  endpoints: Endpoints,
  operations: Plan['operations'],
  { memory_mb, watched }: { readonly memory_mb: number; readonly watched: BenchUser['devices'][number] },
  tell: (line: string) => void,
): Promise<Record<PageFeature, Measured>> {
  const { graphql, dashboard } = endpoints;
  const admin = endpoints.users.find(({ persona }) => persona === 'admin');
  if (graphql === null || dashboard === null || admin === undefined)
    throw new Error('the system has no GraphQL API, dashboard or operator');
  const documents = tableClient(endpoints);
  const devices = await writeBenchFleet(documents, endpoints.tableName, tree, tell);
  const [partner, customer] = await signInCrowd(
    endpoints,
    documents,
    [
      { persona: 'partner', count: 1, paths: ['/enfusion/bench-1'] },
      { persona: 'customer', count: 1, paths: ['/enfusion/bench-1/dealer-1/customer-1'] },
    ],
    devices,
    () => {},
  ).then((users) => users.sort((a, b) => a.path.length - b.path.length));
  if (partner === undefined || customer === undefined) throw new Error('nobody has signed in');
  const { AccessToken } = await signIn(endpoints, admin.email, admin.password);
  const operator: BenchUser = { persona: 'admin', token: AccessToken, path: admin.path, devices: [watched] };
  const plan: Plan = {
    graphql,
    dynamodb: { endpoint: endpoints.aws, region: endpoints.region, account: endpoints.account, table: endpoints.tableName },
    operations,
    users: [partner, customer],
    think_s: 1,
    warm_up_s: 0,
    measured_s: 1,
    fleet_share: 1,
    seed: 1,
  };
  const pages = graphqlPages(plan, () => {});
  /** Somebody who has just come: the dashboard asks who they are. */
  const anew = (user: BenchUser): BenchUser => ({ ...user });
  const meter = new Meter(endpoints.aws);
  const sampled = async (name: string, work: () => Promise<void>): Promise<Measured> => {
    // What is read once by an environment is no page's.
    await work();
    const usage = await meter.duringAll(async () => {
      for (let time = 0; time < times; time += 1) await work();
    });
    tell(`${name}: ${times} times`);
    return each(usage, times, memory_mb);
  };
  return {
    'sign-in': await sampled('sign-in', async () => {
      await signIn(endpoints, admin.email, admin.password);
    }),
    'fleet page of 500 devices': await sampled('fleet page of 500 devices', () => pages.fleet(anew(partner))),
    'fleet page of 20 devices': await sampled('fleet page of 20 devices', () => pages.fleet(anew(customer))),
    'device page': await sampled('device page', async () => {
      await pages.device(anew(operator), watched);
      await pages.deviceAgain(operator, watched);
    }),
    'lease of a watched page': await sampled('lease of a watched page', () =>
      ask(graphql, operations, 'WatchDevice', AccessToken, { device_id: watched.device_id }),
    ),
    'visit of the dashboard': await sampled('visit of the dashboard', () => visitSite(dashboard)),
  };
}
