import type { z } from 'zod';

/**
 * Reads what a function is told by its environment, once, in the entry. Nothing else reads `process.env`.
 *
 * Throws an Error that names every variable that is missing or wrong and never repeats a value, since a value may be a secret.
 */
export function parseEnv<Shape extends z.ZodType>(
  shape: Shape,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): z.infer<Shape> {
  const parsed = shape.safeParse(environment);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '(all)');
    return environment[name] === undefined ? `${name} is missing` : `${name} is wrong: ${issue.message}`;
  });
  throw new Error(`Environment: ${complaints.join('; ')}`);
}
