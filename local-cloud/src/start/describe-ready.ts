import type { Endpoints } from './endpoints-file.ts';
import type { FleetPlan } from './fleet-plan.ts';

interface Ready {
  readonly seconds: number;
  readonly fleet: FleetPlan;
  /** Where the state is kept, when it isn't the usual place: the tools have to be told. */
  readonly directory?: string;
}

/** What a newcomer needs to know when everything runs: where things are, and a first thing to try. */
export function describeReady(endpoints: Endpoints, { seconds, fleet, directory }: Ready): string {
  const {
    aws,
    account,
    region,
    console: consoleUrl,
    dashboard,
    docs,
    graphql,
    webhook,
    tableName,
    devices,
    logGroupPrefix,
    users,
    particle,
    pipelines,
  } = endpoints;
  const first = devices[0]?.deviceId ?? '<device id>';
  const where = directory === undefined ? '' : ` --directory ${directory}`;
  const last = devices.at(-1)?.deviceId ?? '';
  const state = fleet.live.length === 0 ? 'none of them has power' : 'live, in real time';
  const widest = Math.max(...users.map(({ email }) => email.length));
  const logins = users.map(
    ({ persona, email, password }) => `                   ${persona.padEnd(10)}${email.padEnd(widest + 2)}${password}`,
  );
  return `
✔ ENStratus Cloud is running (${seconds.toFixed(1)} s)

  Dashboard      ${dashboard ?? '(not deployed)'}   (sign in as one of these, of this laptop alone:)
${logins.join('\n')}
  How it works   ${docs ?? '(not deployed)'}
  Console        ${consoleUrl}   (what runs, live: traces, logs, tables, queues, the bill)
  Devices        ${first} to ${last}: ${state}
  Particle API   ${particle.url}   (product ${particle.product}, token in ${directory ?? '.local'}/endpoints.json)
  GraphQL        ${graphql ?? '(not deployed)'}
  AWS endpoint   ${aws}   (access key id ${account}, any secret, region ${region})
  Webhook        ${webhook.url}
  Table          ${tableName}
  Device logs    ${logGroupPrefix}<device id>
${pipelines === null ? '' : describePipelines(pipelines)}
  In another terminal: see what the devices do, let a cloud pass over one, and read what it has sent
    npm run fleet -- list${where}
    npm run fleet -- cloud --device ${first} --minutes 10${where}
    npm run read-device -- --device ${first}${where}

  Ctrl-C stops it; \`npm run reset${directory === undefined ? '' : ` --${where}`}\` forgets everything.
`;
}

/** Accounts, and how a change is delivered: the first push. */
function describePipelines({ account, stages, repositories }: NonNullable<Endpoints['pipelines']>): string {
  const clone = repositories['ingest-repo'] ?? Object.values(repositories)[0] ?? '';
  const accounts = Object.entries(stages).map(([stage, id]) => `${stage.toUpperCase()} ${id}`);
  return `
  Pipelines      account ${account}; stages in ${accounts.join(', ')}
  Deliver        git clone ${clone}   (push to main, then approve in the console)
`;
}
