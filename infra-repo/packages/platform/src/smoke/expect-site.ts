import { expectThat, patientFetch } from './patient-fetch.ts';

/**
 * Opens a deployed site from outside: its first page must be there with its content security policy, and so must the script that it loads. Throws an Error that says
 * what is not.
 */
export async function expectSite(url: string): Promise<void> {
  // A distribution that was made a moment ago doesn't serve everywhere yet.
  const page = await patientFetch(url, {}, { patience_ms: 300_000, isNotYet: ({ status }) => status >= 400 });
  expectThat(
    'the first page is there',
    page.status === 200 && /^text\/html/.test(page.headers.get('content-type') ?? ''),
    `${page.status} ${page.text}`,
  );
  const policy = page.headers.get('content-security-policy') ?? '';
  expectThat('it allows no scripts of others', /script-src[^;]*'self'/.test(policy) && !policy.includes("'unsafe-inline'"), policy);
  const script = /<script[^>]* src="([^"]+)"/.exec(page.text)?.[1];
  expectThat('it names its script', script !== undefined, page.text);
  const loaded = await patientFetch(new URL(script ?? '', url).href);
  expectThat(
    'its script is there',
    loaded.status === 200 && /javascript/.test(loaded.headers.get('content-type') ?? ''),
    `${loaded.status} ${loaded.text}`,
  );
}
