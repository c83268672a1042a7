import type { BuildLogPage } from '../../shapes/builds.ts';

export interface BuildLine {
  /** Its place in the log, from 0. */
  readonly number: number;
  readonly at: string;
  readonly text: string;
  /** CodeBuild's own lines tell where the build is; the others are what its commands wrote. */
  readonly isOwn: boolean;
  readonly isFault: boolean;
}

/** Colours and movements of a terminal (ECMA-48, "Control sequences"; XTerm, "Operating System Commands"). */
const TERMINAL = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
const OWN = /^\[Container\] \S+ \S+ /;

/** A line of a build as it is read: without what only a terminal understands, and without the time that stands beside it. */
export function buildLine({ at, text }: BuildLogPage['lines'][number], number: number): BuildLine {
  const plain = text.replaceAll(TERMINAL, '').replace(/^.*\r(?=.)/, '');
  const isOwn = OWN.test(plain);
  const shown = isOwn ? plain.replace(OWN, '') : plain;
  const isFault = isOwn
    ? /State: (FAILED|FAULT|TIMED_OUT|CLIENT_ERROR)|did not exit successfully/.test(shown)
    : /^(\s*(npm )?error\b|.*\berror TS\d+:|\s*(FAIL|AssertionError)\b)/i.test(shown);
  return { number, at, text: shown, isOwn, isFault };
}
