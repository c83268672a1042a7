import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../kernel/cloud.ts';

const SCHEME = 'handed-template:';
const handed = new WeakMap<Cloud, Map<string, string>>();

/**
 * Hands a template's text over as a TemplateURL, for a service of this process whose template lies in no object of its own: CodePipeline takes one out
 * of an artifact's zip, where it may have 1 MB, as one behind a URL ("Understand CloudFormation quotas"). `release` takes it back.
 */
export function handTemplate(cloud: Cloud, text: string): { readonly url: string; release(): void } {
  const texts = handed.get(cloud) ?? new Map<string, string>();
  handed.set(cloud, texts);
  const url = `${SCHEME}${randomUUID()}`;
  texts.set(url, text);
  return { url, release: () => void texts.delete(url) };
}

/** The text that was handed over under this URL; undefined for any other. */
export function handedTemplate(cloud: Cloud, url: string): string | undefined {
  return url.startsWith(SCHEME) ? handed.get(cloud)?.get(url) : undefined;
}
