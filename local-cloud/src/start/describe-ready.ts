import type { Endpoints } from './endpoints-file.ts';

/** What a newcomer needs to know when everything runs: where things are, and a first thing to try. */
export function describeReady(endpoints: Endpoints, seconds: number): string {
  const { aws, account, region, webhook, tableName, devices, logGroupPrefix } = endpoints;
  const device = devices[0];
  return `
✔ ENStratus Cloud is running (${seconds.toFixed(1)} s)

  AWS endpoint   ${aws}   (access key id ${account}, any secret, region ${region})
  Webhook        ${webhook.url}   (secret in .local/endpoints.json)
  Table          ${tableName}
  Device logs    ${logGroupPrefix}<device id>
  Devices        ${devices.map(({ deviceId }) => deviceId).join(', ')}

  Post a pack as Particle would, then read it back, in another terminal:
    npm run post-pack -- --device ${device?.deviceId ?? '<device id>'}
    npm run read-device -- --device ${device?.deviceId ?? '<device id>'}

  Ctrl-C stops it; \`npm run reset\` forgets everything.
`;
}
