import { useEffect, useState } from 'react';
import { buildLogPage } from '../../shapes/builds.ts';
import { read } from '../data/api.ts';
import { type BuildLine, buildLine } from './build-lines.ts';

const FOLLOW_ms = 1000;

/**
 * A build's log from its beginning, followed as long as the build goes on: what comes is added to what is there. After its end it is read once
 * more, because a build's last lines reach its log a moment later.
 */
export function useBuildLog(path: string, isRunning: boolean): { lines: readonly BuildLine[]; error: string | undefined } {
  const [lines, setLines] = useState<readonly BuildLine[]>([]);
  const [after, setAfter] = useState<string>();
  const [error, setError] = useState<string>();
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn asks anew
  useEffect(() => {
    let isGone = false;
    let timer: number | undefined;
    const again = (ms: number) => {
      timer = window.setTimeout(() => setTurn((before) => before + 1), ms);
    };
    read(`${path}/log`, buildLogPage, { after })
      .then((page) => {
        if (isGone) return;
        setError(undefined);
        if (page.lines.length > 0) {
          setLines((before) => [...before, ...page.lines.map((line, index) => buildLine(line, before.length + index))]);
          setAfter(page.next);
          again(0);
        } else if (isRunning) again(FOLLOW_ms);
      })
      .catch((failure: unknown) => {
        if (isGone) return;
        setError(failure instanceof Error ? failure.message : String(failure));
        if (isRunning) again(FOLLOW_ms);
      });
    return () => {
      isGone = true;
      window.clearTimeout(timer);
    };
  }, [path, isRunning, turn]);
  return { lines, error };
}
