import type { Picture, PictureEdge, PictureNode } from '../../shapes/picture.ts';

export const NODE_WIDTH = 172;
export const NODE_HEIGHT = 48;
const GAP_X = 58;
const GAP_Y = 24;
/** Sweeps that bring each node beside its neighbours. */
const SWEEPS = 6;

export interface PlacedNode extends PictureNode {
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge extends PictureEdge {
  /** Of an SVG path. */
  readonly d: string;
  /** Where its count stands. */
  readonly x: number;
  readonly y: number;
  readonly isBack: boolean;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/**
 * Places a system in columns from left to right: a node stands one column right of the first that leads to it, beginning with what nothing leads to (or, in a circle,
 * with devices and browsers). Within a column nodes stand beside their neighbours (the barycentre heuristic of Sugiyama's layered drawing).
 */
export function layOut({ nodes, edges }: Pick<Picture, 'nodes' | 'edges'>): Layout {
  const columns = inColumns(nodes, edges);
  order(columns, edges);
  const tallest = Math.max(0, ...columns.map((column) => column.length));
  const height = tallest * (NODE_HEIGHT + GAP_Y) - GAP_Y;
  const placed = new Map<string, PlacedNode>();
  for (const [index, column] of columns.entries()) {
    const own = column.length * (NODE_HEIGHT + GAP_Y) - GAP_Y;
    for (const [row, node] of column.entries())
      placed.set(node.id, { ...node, x: index * (NODE_WIDTH + GAP_X), y: (height - own) / 2 + row * (NODE_HEIGHT + GAP_Y) });
  }
  const bends = edges.flatMap((edge) => {
    const from = placed.get(edge.from);
    const to = placed.get(edge.to);
    return from === undefined || to === undefined ? [] : [{ ...edge, ...curve(from, to) }];
  });
  return {
    width: Math.max(0, columns.length * (NODE_WIDTH + GAP_X) - GAP_X),
    height: Math.max(0, height),
    nodes: [...placed.values()],
    edges: bends,
  };
}

function inColumns(nodes: readonly PictureNode[], edges: readonly PictureEdge[]): PictureNode[][] {
  const led = new Set(edges.filter(({ from, to }) => from !== to).map(({ to }) => to));
  const starts = nodes.filter(({ id, kind }) => !led.has(id) || kind === 'devices' || kind === 'browsers').map(({ id }) => id);
  const depth = new Map((starts.length === 0 ? nodes.slice(0, 1).map(({ id }) => id) : starts).map((id) => [id, 0]));
  // A Map is walked in the order in which it grows: breadth first.
  for (const [id, at] of depth) for (const { from, to } of edges) if (from === id && !depth.has(to)) depth.set(to, at + 1);
  const columns: PictureNode[][] = [];
  for (const node of nodes) {
    const at = depth.get(node.id) ?? 0;
    while (columns.length <= at) columns.push([]);
    columns[at]?.push(node);
  }
  return columns;
}

function order(columns: PictureNode[][], edges: readonly PictureEdge[]): void {
  const row = new Map<string, number>();
  const note = (column: readonly PictureNode[]) => {
    for (const [index, { id }] of column.entries()) row.set(id, index - (column.length - 1) / 2);
  };
  for (const column of columns) note(column);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const column of sweep % 2 === 0 ? columns : columns.toReversed()) {
      const centre = new Map(
        column.map(({ id }) => {
          const near = edges.flatMap(({ from, to }) => (from === id ? [row.get(to) ?? 0] : to === id ? [row.get(from) ?? 0] : []));
          return [id, near.length === 0 ? 0 : near.reduce((sum, one) => sum + one, 0) / near.length];
        }),
      );
      column.sort((a, b) => (centre.get(a.id) ?? 0) - (centre.get(b.id) ?? 0));
      note(column);
    }
  }
}

/** A curve out of a node's right side into the other's left; one that leads back, or down a column, goes around its nodes. */
function curve(from: PlacedNode, to: PlacedNode): Pick<PlacedEdge, 'd' | 'x' | 'y' | 'isBack'> {
  const middle = NODE_HEIGHT / 2;
  if (to.x > from.x) {
    const [x1, y1, x2, y2] = [from.x + NODE_WIDTH, from.y + middle, to.x - 5, to.y + middle];
    const bend = Math.max(36, (x2 - x1) / 2);
    // The steeper, the farther along stands the count, so that those of one node don't lie on each other.
    const at = pointAt(x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2, 0.36 + 0.34 * Math.min(1, Math.abs(y2 - y1) / 220));
    return { d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`, ...at, isBack: false };
  }
  const isUp = to.y < from.y;
  const [x1, y1] = [from.x + NODE_WIDTH / 2, isUp ? from.y : from.y + NODE_HEIGHT];
  const [x2, y2] = [to.x + NODE_WIDTH / 2 + 14, isUp ? to.y + NODE_HEIGHT + 5 : to.y === from.y ? to.y + NODE_HEIGHT + 5 : to.y - 5];
  const lift = to.y === from.y ? 34 : (y2 - y1) / 2;
  const at = pointAt(x1, y1, x1, y1 + lift, x2, to.y === from.y ? y2 + lift : y2 - lift, x2, y2, 0.5);
  return { d: `M${x1} ${y1}C${x1} ${y1 + lift} ${x2} ${to.y === from.y ? y2 + lift : y2 - lift} ${x2} ${y2}`, ...at, isBack: true };
}

/** Of a cubic Bézier curve. */
function pointAt(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  x3: number,
  y3: number,
  t: number,
): { x: number; y: number } {
  const [a, b, c, d] = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
  return { x: a * x0 + b * x1 + c * x2 + d * x3, y: a * y0 + b * y1 + c * y2 + d * y3 };
}
