import type { Endpoints } from './endpoints-file.ts';

/**
 * What a newcomer needs to know when everything runs: where things are, and a first thing to try.
 *
 * @param directory Where the state is kept, when it isn't the usual place: the tools have to be told.
 */
export function describeReady(endpoints: Endpoints, seconds: number, directory?: string): string {
  const { aws, account, region, dashboard, graphql, webhook, tableName, devices, logGroupPrefix, users } = endpoints;
  const first = devices[0]?.deviceId ?? '<device id>';
  const where = directory === undefined ? '' : ` --directory ${directory}`;
  const last = devices.at(-1)?.deviceId ?? '';
  const widest = Math.max(...users.map(({ email }) => email.length));
  const logins = users.map(
    ({ persona, email, password }) => `                   ${persona.padEnd(10)}${email.padEnd(widest + 2)}${password}`,
  );
  return `
✔ ENStratus Cloud is running (${seconds.toFixed(1)} s)

  Dashboard      ${dashboard ?? '(not deployed)'}   (sign in as one of these, of this laptop alone:)
${logins.join('\n')}
  GraphQL        ${graphql ?? '(not deployed)'}
  AWS endpoint   ${aws}   (access key id ${account}, any secret, region ${region})
  Webhook        ${webhook.url}   (secret in ${directory ?? '.local'}/endpoints.json)
  Table          ${tableName}
  Device logs    ${logGroupPrefix}<device id>
  Devices        ${first} to ${last}

  In another terminal: post a pack as Particle would and read it back, or give every device a made-up day to look at
    npm run post-pack -- --device ${first}${where}
    npm run read-device -- --device ${first}${where}
    npm run post-pack -- --all --hours 24${where}

  Ctrl-C stops it; \`npm run reset${directory === undefined ? '' : ` --${where}`}\` forgets everything.
`;
}
