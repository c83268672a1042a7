import { ToolError } from '../tools/running-system.ts';

type Container = Record<string, unknown> | unknown[];

/**
 * Changes one field of an event's content: `data.solar_w=4200`. The value is JSON, or else taken as text. `*` stands for every entry of a list,
 * `data.*.solar_w=4200`; `<path>=` without a value takes the field away. Answers the changed content, the given one stays.
 *
 * Throws ToolError, which names what is wrong, when there is no such place.
 */
export function withField(content: unknown, assignment: string): unknown {
  const at = assignment.indexOf('=');
  if (at < 1) throw new ToolError(`--set takes <path>=<value>, such as data.solar_w=4200, not "${assignment}".`);
  const path = assignment.slice(0, at).split('.');
  const text = assignment.slice(at + 1);
  const copy = structuredClone(content);
  assign(copy, path, text === '' ? undefined : fieldValue(text), []);
  return copy;
}

function fieldValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function assign(container: unknown, [name = '', ...rest]: readonly string[], value: unknown, above: readonly string[]): void {
  const place = above.join('.');
  if (!isContainer(container))
    throw new ToolError(`--set: ${place === '' ? 'what is sent' : place} has no fields: it is ${shown(container)}.`);
  if (name === '*') {
    if (!Array.isArray(container)) throw new ToolError(`--set: ${place} is no list, so * means nothing there.`);
    for (const index of container.keys()) assign(container, [String(index), ...rest], value, above);
    return;
  }
  if (Array.isArray(container) && !(/^\d+$/.test(name) && Number(name) < container.length)) {
    const list = place === '' ? 'what is sent' : place;
    throw new ToolError(`--set: ${list} is a list of ${container.length}: a number from 0 to ${container.length - 1}, or * for all.`);
  }
  const fields = container as Record<string, unknown>;
  const own = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (rest.length > 0) {
    if (own === undefined) {
      const known = Object.keys(fields).join(', ');
      throw new ToolError(
        `--set: there is no ${[...above, name].join('.')}; ${place === '' ? 'there are' : `in ${place} there are`} ${known}.`,
      );
    }
    assign(own, rest, value, [...above, name]);
  } else if (value === undefined) delete fields[name];
  // Not by assignment: a field may be named `__proto__`.
  else Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
