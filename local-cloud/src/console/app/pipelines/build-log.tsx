import { useEffect, useRef, useState } from 'react';
import { timeOfDay } from '../data/wording.ts';
import { Card, Trouble } from '../design/parts.tsx';
import { useBuildLog } from './use-build-log.ts';

/** So many of the latest lines are shown unless all of them are asked for. */
const SHOWN = 1500;

/** What a build writes, followed to its end: only ever text, whatever a commit's programs print. */
export function BuildLog({ path, isRunning, hasLog }: { path: string; isRunning: boolean; hasLog: boolean }) {
  const { lines, error } = useBuildLog(path, isRunning);
  const [isFollowing, setFollowing] = useState(true);
  const [isWhole, setWhole] = useState(false);
  const end = useRef<HTMLElement>(null);
  const left = isWhole ? 0 : Math.max(0, lines.length - SHOWN);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new line is followed
  useEffect(() => {
    const box = end.current;
    if (isFollowing && isRunning && box !== null) box.scrollTop = box.scrollHeight;
  }, [lines, isFollowing, isRunning]);
  return (
    <Card
      title="Log"
      flush
      more={
        isRunning ? (
          <label className="check">
            <input type="checkbox" checked={isFollowing} onChange={(event) => setFollowing(event.target.checked)} />
            Follow
          </label>
        ) : (
          <span className="quiet">{lines.length} lines</span>
        )
      }
    >
      {error !== undefined && <Trouble>{error}</Trouble>}
      {lines.length === 0 ? (
        <p className="quiet pad">{isRunning || hasLog ? 'It has written nothing so far.' : 'It has no log.'}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1)
        <section className="written" ref={end} tabIndex={0} aria-label="What the build has written">
          {left > 0 && (
            <p className="pad">
              <button type="button" className="button" onClick={() => setWhole(true)}>
                Show {left} earlier lines
              </button>
            </p>
          )}
          <ol>
            {lines.slice(left).map((line) => (
              <li
                key={line.number}
                className={`written__line${line.isOwn ? ' written__line--own' : ''}${line.isFault ? ' written__line--fault' : ''}`}
              >
                <time dateTime={line.at}>{timeOfDay(line.at).slice(0, 8)}</time>
                <span>{line.text}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </Card>
  );
}
