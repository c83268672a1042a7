import type { Picture } from '../../shapes/picture.ts';
import { number } from '../data/wording.ts';
import { KIND_WORDS, nodeHref, nodeName } from './node-links.ts';

/** The picture as words: each part and what flows from it. For narrow pages, and for whoever reads rather than looks. */
export function FlowList({ picture }: { picture: Picture }) {
  const byId = new Map(picture.nodes.map((node) => [node.id, node]));
  const shown = picture.nodes.filter(({ id }) => picture.edges.some(({ from }) => from === id));
  const rank = (id: string) => (id === 'devices' ? 0 : id === 'particle' ? 1 : id.startsWith('function:') ? 2 : id === 'browsers' ? 4 : 3);
  return (
    <ul className="flows">
      {shown
        .toSorted((a, b) => rank(a.id) - rank(b.id))
        .map((node) => (
          <li key={node.id} className={`flow flow--${node.kind}`}>
            <p className="flow__from">
              <a href={nodeHref(node)}>{nodeName(node)}</a>
              <span className={node.alert === undefined ? 'quiet' : 'fault'}>{node.alert ?? node.fact ?? KIND_WORDS[node.kind]}</span>
            </p>
            <ul>
              {picture.edges
                .filter(({ from }) => from === node.id)
                .map((edge) => {
                  const to = byId.get(edge.to);
                  if (to === undefined) return null;
                  return (
                    <li key={`${edge.verb} ${edge.to}`}>
                      <span className="quiet">{edge.verb}</span> <a href={nodeHref(to)}>{nodeName(to)}</a>
                      {edge.per_minute !== null && (
                        <span className={edge.per_minute > 0 ? 'flow__rate flow__rate--on' : 'flow__rate'}>
                          {number(edge.per_minute)}/min
                        </span>
                      )}
                    </li>
                  );
                })}
            </ul>
          </li>
        ))}
    </ul>
  );
}
