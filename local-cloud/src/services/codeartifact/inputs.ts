import { z } from 'zod';
import { policyDocumentOrJson } from '../../kernel/policy-document.ts';

/** CodeArtifact API Reference, patterns of the members of this name. */
export const domain = z.string().regex(/^[a-z][a-z0-9-]{0,48}[a-z0-9]$/, 'must be 2 to 50 of small letters, digits and hyphens');
export const domainOwner = z.string().regex(/^\d{12}$/, 'must be an account');
export const repository = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,99}$/, 'must be 2 to 100 of letters, digits and ._-');
/** Of the formats that CodeArtifact has. */
export const format = z.literal('npm', { error: 'the local cloud carries out the format npm alone' });
export const namespace = z.string().regex(/^[^#/\s]{1,255}$/);
export const packageName = z.string().regex(/^[^#/\s]{1,255}$/);
export const packageVersion = z.string().regex(/^[^#/\s]{1,255}$/);
export const tags = z.array(z.strictObject({ key: z.string().min(1).max(128), value: z.string().max(256) })).max(200);
export const paging = { maxResults: z.number().int().min(1).max(1000).default(50), nextToken: z.string().optional() };

export const inDomain = { domain, domainOwner: domainOwner.optional() };
export const inRepository = { ...inDomain, repository };
export const ofPackage = { ...inRepository, format, namespace: namespace.optional(), package: packageName };

/** A policy's text, which stays as it is, and what it says. */
export const policyText = z.string().transform((text, context) => {
  const parsed = policyDocumentOrJson.safeParse(text);
  if (parsed.success) return { text, document: parsed.data };
  context.addIssue({ code: 'custom', message: parsed.error.issues.map(({ message }) => message).join('; ') });
  return z.NEVER;
});

export function tagRecord(list: readonly { key: string; value: string }[] = []): Record<string, string> {
  return Object.fromEntries(list.map(({ key, value }) => [key, value]));
}

/** The page of `all` that a token names, and the token of the next one. */
export function page<T>(all: readonly T[], { maxResults, nextToken }: { maxResults: number; nextToken?: string | undefined }) {
  const from = Number(nextToken ?? 0);
  const start = Number.isInteger(from) && from > 0 ? from : 0;
  const items = all.slice(start, start + maxResults);
  return { items, nextToken: start + maxResults < all.length ? String(start + maxResults) : undefined };
}
