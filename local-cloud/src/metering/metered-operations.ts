import type { CallContext, Operation } from '../kernel/service.ts';

/** Counts what one finished call is billed. `output` is undefined for one that failed: it is as much a request as any other. */
export type MeterCall = (operation: string, input: unknown, output: unknown, context: CallContext) => void;

/** The same operations, each of them counted after it was carried out. What IAM or the parser refuses never comes so far. */
export function metered(
  operations: Readonly<Record<string, Operation<never, unknown>>>,
  meter: MeterCall,
): Record<string, Operation<never, unknown>> {
  const wrapped = Object.entries(operations).map(([name, one]): [string, Operation<never, unknown>] => [
    name,
    {
      ...one,
      run: async (input, context) => {
        let output: unknown;
        try {
          output = await one.run(input, context);
          return output;
        } finally {
          meter(name, input, output, context);
        }
      },
    },
  ]);
  return Object.fromEntries(wrapped);
}
