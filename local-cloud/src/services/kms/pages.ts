import { AwsError } from '../../kernel/aws-error.ts';

/** One page of a list under its member's name, as KMS pages: Limit, Marker, Truncated, NextMarker. Throws InvalidMarkerException. */
export function page(member: string, all: readonly unknown[], limit: number, marker: string | undefined): Record<string, unknown> {
  const start = Number(marker ?? '0');
  if (!Number.isSafeInteger(start) || start < 0) throw new AwsError('InvalidMarkerException', 'Invalid marker');
  const isTruncated = start + limit < all.length;
  return {
    [member]: all.slice(start, start + limit),
    Truncated: isTruncated,
    ...(isTruncated ? { NextMarker: String(start + limit) } : {}),
  };
}
