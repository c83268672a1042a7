import type { NodeKind, PictureNode } from '../../shapes/picture.ts';
import { hrefOf } from '../data/router.ts';
import { lastPart, shortName } from '../data/wording.ts';

export const KIND_WORDS: Readonly<Record<NodeKind, string>> = {
  devices: 'Field',
  particle: 'Particle cloud',
  function: 'Function',
  queue: 'Queue',
  topic: 'Topic',
  table: 'Table',
  logs: 'Log groups',
  bucket: 'Bucket',
  api: 'GraphQL API',
  pool: 'User pool',
  site: 'CloudFront',
  browsers: 'People',
};

/** Where more is told of a node. */
export function nodeHref({ kind, name }: Pick<PictureNode, 'kind' | 'name'>): string {
  switch (kind) {
    case 'devices':
    case 'particle':
      return hrefOf(['particle']);
    case 'function':
      return hrefOf(['functions', name]);
    case 'queue':
      return hrefOf(['queues', name]);
    case 'topic':
      return hrefOf(['queues']);
    case 'table':
      return hrefOf(['tables', name]);
    case 'logs':
      return hrefOf(['logs'], { prefix: name.replace(/\*$/, '') });
    case 'bucket':
      return hrefOf(['buckets', name]);
    case 'browsers':
      return hrefOf(['traces'], { begins: 'appsync' });
    default:
      return hrefOf(['stacks']);
  }
}

export function nodeName({ kind, name }: Pick<PictureNode, 'kind' | 'name'>): string {
  if (kind === 'logs') return name.length > 22 ? `…/${lastPart(name.replace(/\/\*$/, ''))}/*` : name;
  return shortName(name);
}
