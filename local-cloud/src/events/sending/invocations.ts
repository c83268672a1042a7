import { type InvocationDetail, invocationDetail, invocationList } from '../../console/shapes/invocations.ts';

/** The invocations of functions in a trace with their logs, the oldest first (`GET /_local/invocations`). */
export async function invocationsIn(aws: string, trace_id: string): Promise<InvocationDetail[]> {
  const list = invocationList.parse(await get(aws, `?limit=50&trace_id=${trace_id}`));
  const details = list.invocations.map(async ({ request_id }) => invocationDetail.parse(await get(aws, `/${request_id}`)));
  return (await Promise.all(details)).sort((a, b) => (a.started_at < b.started_at ? -1 : 1));
}

async function get(aws: string, path: string): Promise<unknown> {
  const response = await fetch(`${aws}/_local/invocations${path}`);
  if (!response.ok) throw new Error(`/_local/invocations${path} was answered ${response.status}: ${await response.text()}`);
  return response.json();
}
