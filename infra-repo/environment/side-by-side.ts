/**
 * Does the work for each, as soon as it is done for all that it waits for. When one fails, what waits for it isn't begun and the others go on to their end: what CloudFormation has begun
 * goes on in any case. Then throws the first error.
 */
export async function sideBySide<One>(
  all: readonly One[],
  waitsFor: (one: One) => readonly One[],
  work: (one: One) => Promise<void>,
): Promise<void> {
  const ended = new Map<One, Promise<void>>();
  const end = (one: One): Promise<void> => {
    const begun = ended.get(one);
    if (begun !== undefined) return begun;
    const promise = Promise.all(waitsFor(one).map(end)).then(() => work(one));
    ended.set(one, promise);
    return promise;
  };
  const failed = (await Promise.allSettled(all.map(end))).find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
