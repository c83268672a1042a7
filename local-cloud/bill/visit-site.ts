import { request } from 'node:http';

/** Fetches a page of the dashboard and what it loads at once, as a browser with an empty cache does. Throws when something isn't there. */
export async function visitSite(dashboard: string): Promise<void> {
  const html = await get(dashboard, {});
  const linked = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css|woff2|svg|json))"/g)].flatMap(([, path]) =>
    path === undefined ? [] : [path],
  );
  if (linked.length === 0) throw new Error('the dashboard loads nothing');
  for (const path of linked) await get(new URL(path, dashboard).href, { 'accept-encoding': 'gzip, br' });
}

function get(url: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
        else reject(new Error(`${url} answered HTTP ${response.statusCode}`));
      });
    });
    sent.once('error', reject);
    sent.end();
  });
}
