import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolError } from '../tools/running-system.ts';

/**
 * Lets somebody change a content in $VISUAL or $EDITOR, which get the terminal itself: standard output belongs to the event. Answers what was
 * saved. Throws ToolError without an editor or a terminal, when the editor fails, and when what was saved is not JSON.
 */
export function edited(content: unknown, environment: NodeJS.ProcessEnv = process.env, open = openTerminal): unknown {
  const editor = environment['VISUAL'] ?? environment['EDITOR'];
  if (editor === undefined || editor.trim() === '') throw new ToolError('--edit opens $EDITOR, and neither VISUAL nor EDITOR is set.');
  const folder = mkdtempSync(join(tmpdir(), 'enstratus-event-'));
  const file = join(folder, 'event.json');
  try {
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    const terminal = open();
    // npm names one for whoever has named none.
    if (terminal === 'ignore' && editor === 'vi')
      throw new ToolError('--edit would open vi, and there is no terminal: name an editor in EDITOR.');
    try {
      // By the shell, as Git does: `EDITOR="code --wait"` is usual.
      const { status, error } = spawnSync('sh', ['-c', `${editor} "$1"`, editor, file], { stdio: [terminal, terminal, 'inherit'] });
      if (error !== undefined || status !== 0)
        throw new ToolError(`The editor "${editor}" ended with ${error?.message ?? `code ${status}`}.`);
    } finally {
      if (typeof terminal === 'number') closeSync(terminal);
    }
    return parsed(readFileSync(file, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Standard input where there is no terminal, for editors that need none. */
function openTerminal(): number | 'ignore' {
  try {
    return openSync('/dev/tty', 'r+');
  } catch {
    return 'ignore';
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ToolError(`What was saved is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
