import { parameterNames } from '@enstratus/contract';
import type { ParticleCloud } from '../api/particle-cloud.ts';
import type { Look } from '../api/route.ts';
import type { Picture, PictureEdge, PictureNode } from '../shapes/picture.ts';
import { drawFunctionEdges } from './function-edges.ts';
import type { Rate } from './rates.ts';
import type { System } from './read-system.ts';
import type { Traffic } from './traffic.ts';

/** The picture while it is drawn. */
export class Sketch {
  readonly nodes = new Map<string, PictureNode>();
  readonly edges: PictureEdge[] = [];

  node(node: PictureNode): void {
    this.nodes.set(node.id, node);
  }

  /** Only between nodes that are there. */
  edge(from: string, to: string, verb: string, rate: Rate | undefined): void {
    if (!this.nodes.has(from) || !this.nodes.has(to)) return;
    this.edges.push({
      from,
      to,
      verb,
      per_minute: rate?.per_minute ?? null,
      total: rate?.total ?? null,
      errors_per_minute: rate?.errors_per_minute ?? 0,
    });
  }
}

const plural = (count: number, word: string) => `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;

/** Draws what is deployed: every edge is a mapping, a subscription, a data source, an origin, a trigger, a webhook, or a grant. */
export async function drawPicture(look: Look, system: System, traffic: Traffic, particle: ParticleCloud): Promise<Picture> {
  const scope = look.caller;
  const sketch = new Sketch();
  for (const { name } of system.functions) sketch.node({ id: `function:${name}`, kind: 'function', name });
  for (const { name, counts, isDeadLetters } of system.queues(scope)) {
    const waiting = counts.visible + counts.delayed + counts.in_flight;
    const alert = isDeadLetters && waiting > 0 ? { alert: plural(waiting, 'dead letter') } : {};
    sketch.node({ id: `queue:${name}`, kind: 'queue', name, fact: `${waiting.toLocaleString('en')} waiting`, ...alert });
  }
  for (const { name } of system.topics) sketch.node({ id: `topic:${name}`, kind: 'topic', name });
  for (const { name, items } of system.tables) sketch.node({ id: `table:${name}`, kind: 'table', name, fact: plural(items, 'item') });
  for (const [name, members] of system.logs)
    sketch.node({ id: `logs:${name}`, kind: 'logs', name, fact: plural(members.length, 'log group') });
  for (const name of system.buckets) sketch.node({ id: `bucket:${name}`, kind: 'bucket', name });
  for (const { apiId, name } of system.apis) sketch.node({ id: `api:${apiId}`, kind: 'api', name });
  for (const { Id, Name } of system.pools) sketch.node({ id: `pool:${Id}`, kind: 'pool', name: Name });
  // A distribution has no name of its own: that of the bucket behind it says more than its address.
  for (const { id, name, buckets } of system.sites) sketch.node({ id: `site:${id}`, kind: 'site', name: buckets[0] ?? name });

  await drawParticle(look, sketch, system, traffic, particle);
  drawBrowsers(look, sketch, system, traffic);
  for (const { topic, queue } of system.subscriptions)
    sketch.edge(`topic:${topic}`, `queue:${queue}`, 'delivers', traffic.delivered(scope, queue));
  for (const { queue, to } of system.deadLetters) sketch.edge(`queue:${queue}`, `queue:${to}`, 'gives up', undefined);
  for (const { queue, functionName } of system.mappings)
    sketch.edge(`queue:${queue}`, `function:${functionName}`, 'batches', traffic.invocations(scope, functionName, ['sqs']));
  drawFunctionEdges(look, sketch, system, traffic);
  return finished(sketch, look);
}

async function drawParticle(look: Look, sketch: Sketch, system: System, traffic: Traffic, particle: ParticleCloud): Promise<void> {
  const overview = await particle.overview(look);
  if (overview.state === 'unknown') return;
  if (overview.state === 'unreachable') return sketch.node({ id: 'particle', kind: 'particle', name: 'Particle', alert: 'not reachable' });
  const online = overview.devices.filter((device) => device.online).length;
  sketch.node({
    id: 'devices',
    kind: 'devices',
    name: 'Devices',
    fact: `${online.toLocaleString('en')} of ${overview.devices.length.toLocaleString('en')} online`,
  });
  sketch.node({ id: 'particle', kind: 'particle', name: 'Particle', fact: plural(overview.webhooks.length, 'webhook') });
  const { failed_per_minute = 0 } = overview;
  sketch.edge('devices', 'particle', 'publish', traffic.published());
  for (const { name, url } of system.functions) {
    if (url === undefined || !overview.webhooks.some((webhook) => !webhook.disabled && webhook.url.startsWith(url))) continue;
    const rate = traffic.invocations(look.caller, name, ['url']);
    sketch.edge('particle', `function:${name}`, 'webhook', {
      ...rate,
      errors_per_minute: Math.max(rate.errors_per_minute, failed_per_minute),
    });
  }
  // Whoever may read where Particle is and with which token calls it: function calls and its devices' registry.
  for (const { name, grants } of system.functions) {
    const calls = grants.some(({ resources }) => resources.some((resource) => resource.endsWith(parameterNames.particleAccessToken)));
    if (calls) sketch.edge(`function:${name}`, 'particle', 'asks devices', traffic.particleCalls(look.caller, name));
  }
}

/** People's browsers: they load sites, sign in at pools, and ask and follow the APIs that take those pools' tokens. */
function drawBrowsers({ caller }: Look, sketch: Sketch, system: System, traffic: Traffic): void {
  const apis = system.apis.filter(({ pools }) => pools.length > 0);
  if (apis.length + system.sites.length === 0) return;
  sketch.node({ id: 'browsers', kind: 'browsers', name: 'Browsers' });
  for (const { id, buckets } of system.sites) {
    const rate = traffic.site(caller, id);
    sketch.edge('browsers', `site:${id}`, 'load', rate);
    for (const bucket of buckets) sketch.edge(`site:${id}`, `bucket:${bucket}`, 'origin', undefined);
  }
  for (const { apiId } of apis) {
    sketch.edge('browsers', `api:${apiId}`, 'GraphQL', traffic.graphql(caller, apiId));
    sketch.edge(`api:${apiId}`, 'browsers', 'updates', traffic.updates(caller, apiId));
  }
  for (const { apiId, sources } of system.apis)
    for (const functionName of sources)
      sketch.edge(`api:${apiId}`, `function:${functionName}`, 'resolves', traffic.invocations(caller, functionName, ['invoke']));
  for (const { Id, triggers } of system.pools) {
    sketch.edge('browsers', `pool:${Id}`, 'sign in', undefined);
    for (const functionName of triggers)
      sketch.edge(`pool:${Id}`, `function:${functionName}`, 'trigger', traffic.invocations(caller, functionName, ['invoke']));
  }
}

/** Leaves out what nothing of the running system leads to: what deployments and tools call by hand, and what lies only there. */
function finished(sketch: Sketch, { cloud }: Look): Picture {
  const reached = new Set(['devices', 'browsers', 'particle'].filter((id) => sketch.nodes.has(id)));
  for (const id of reached) for (const { from, to } of sketch.edges) if (from === id) reached.add(to);
  const nodes = [...sketch.nodes.values()];
  return {
    at: new Date(cloud.clock()).toISOString(),
    nodes: nodes.filter(({ id }) => reached.has(id)),
    edges: sketch.edges.filter(({ from, to }) => reached.has(from) && reached.has(to)),
    undrawn: nodes
      .filter(({ id }) => !reached.has(id))
      .map(({ kind, name }) => ({
        kind,
        name,
        why: kind === 'function' ? 'called by deployments and tools' : 'nothing of the running system uses it',
      })),
  };
}
