import { useMemo, useState } from 'react';
import type { Picture, PictureEdge } from '../../shapes/picture.ts';
import { number } from '../data/wording.ts';
import { layOut, NODE_HEIGHT, NODE_WIDTH, type PlacedEdge, type PlacedNode } from './layout.ts';
import { KIND_WORDS, nodeHref, nodeName } from './node-links.ts';

const MARGIN = 14;

/** The running system: columns from left to right, counts of the last minute on what connects them. */
export function PictureView({ picture }: { picture: Picture }) {
  const [at, setAt] = useState<string>();
  const layout = useMemo(() => layOut(picture), [picture]);
  const near = (edge: PictureEdge) => at === undefined || edge.from === at || edge.to === at;
  const isNear = (id: string) =>
    at === undefined || id === at || layout.edges.some((edge) => near(edge) && (edge.from === id || edge.to === id));
  // What flows is painted over what doesn't.
  const edges = layout.edges.toSorted((a, b) => (a.per_minute ?? 0) - (b.per_minute ?? 0));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture with links in it
    <svg
      className="picture"
      viewBox={`${-MARGIN} ${-MARGIN} ${layout.width + 2 * MARGIN} ${layout.height + 2 * MARGIN}`}
      role="group"
      aria-label="The running system"
    >
      <defs>
        {['still', 'flow', 'fault'].map((kind) => (
          <marker
            key={kind}
            id={`to-${kind}`}
            className={`arrow arrow--${kind}`}
            viewBox="0 0 8 8"
            refX="6"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0.5 7 4 0 7.5Z" />
          </marker>
        ))}
      </defs>
      {edges.map((edge) => (
        <EdgeView key={`${edge.from} ${edge.verb} ${edge.to}`} edge={edge} isNear={near(edge)} isAsked={at !== undefined && near(edge)} />
      ))}
      {layout.nodes.map((node) => (
        <NodeView key={node.id} node={node} edges={picture.edges} isNear={isNear(node.id)} onAt={setAt} />
      ))}
    </svg>
  );
}

function EdgeView({ edge, isNear, isAsked }: { edge: PlacedEdge; isNear: boolean; isAsked: boolean }) {
  const rate = edge.per_minute ?? 0;
  const kind = edge.errors_per_minute > 0 ? 'fault' : rate > 0 ? 'flow' : 'still';
  const text = isAsked ? `${edge.verb}${rate > 0 ? ` ${number(rate)}` : ''}` : rate > 0 ? number(rate) : '';
  const width = text.length * 6.6 + 12;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus; its nodes tell the same in words
    <g
      className={`edge edge--${kind}${isNear ? '' : ' is-far'}`}
      data-edge={`${edge.from} ${edge.to}`}
      data-total={edge.total ?? undefined}
      aria-hidden="true"
    >
      <path d={edge.d} strokeWidth={1.2 + Math.min(2.4, Math.log10(1 + rate))} markerEnd={`url(#to-${kind})`} />
      {text !== '' && (
        <>
          <rect x={edge.x - width / 2} y={edge.y - 9} width={width} height={18} rx={9} />
          <text x={edge.x} y={edge.y + 4} textAnchor="middle">
            {text}
          </text>
        </>
      )}
    </g>
  );
}

function NodeView({
  node,
  edges,
  isNear,
  onAt,
}: {
  node: PlacedNode;
  edges: readonly PictureEdge[];
  isNear: boolean;
  onAt: (id: string | undefined) => void;
}) {
  const said = node.alert ?? node.fact ?? KIND_WORDS[node.kind];
  return (
    <a
      href={nodeHref(node)}
      className={`node node--${node.kind}${isNear ? '' : ' is-far'}${node.alert === undefined ? '' : ' node--alert'}`}
      aria-description={told(node.id, edges)}
      onMouseEnter={() => onAt(node.id)}
      onMouseLeave={() => onAt(undefined)}
      onFocus={() => onAt(node.id)}
      onBlur={() => onAt(undefined)}
    >
      <rect className="node__box" x={node.x} y={node.y} width={NODE_WIDTH} height={NODE_HEIGHT} rx={9} />
      <rect className="node__bar" x={node.x + 8} y={node.y + 11} width={3.5} height={NODE_HEIGHT - 22} rx={1.75} />
      <text className="node__name" x={node.x + 20} y={node.y + 21}>
        {cut(nodeName(node), 21)}
      </text>{' '}
      <text className="node__fact" x={node.x + 20} y={node.y + 37}>
        {cut(said, 24)}
      </text>
    </a>
  );
}

const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** What flows from a node, for who can't see it. */
function told(id: string, edges: readonly PictureEdge[]): string {
  const out = edges.filter(({ from, per_minute }) => from === id && (per_minute ?? 0) > 0);
  return out
    .map(({ verb, to, per_minute }) => `${verb} ${number(per_minute ?? 0)} a minute to ${to.slice(to.indexOf(':') + 1)}`)
    .join(', ');
}
