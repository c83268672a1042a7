import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { bundledCode } from './bundled-code.ts';

/** Lays the sources in a new folder and bundles the first of them: the asset's hash and its folder. */
function bundle(sources: Record<string, string>): { hash: string; folder: string } {
  const source = temporaryFolder();
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(source, name), text);
  const outdir = join(source, 'cdk.out');
  mkdirSync(outdir);
  const stack = new Stack(new App({ outdir }), 'Stack');
  const entry = join(source, Object.keys(sources)[0] ?? '');
  new LambdaFunction(stack, 'Function', { code: bundledCode(entry), handler: 'index.handler', runtime: Runtime.NODEJS_24_X });
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Code: { S3Key: Match.stringLikeRegexp('^[0-9a-f]{64}\\.zip$') },
  });
  const folder = readdirSync(outdir).find((name) => name.startsWith('asset.')) ?? 'no asset';
  return { hash: folder.replace('asset.', ''), folder: join(outdir, folder) };
}

const sources = {
  'say.lambda.ts': `import { words } from './words.ts';\nexport const handler = async (event: { name: string }): Promise<string> => words(event.name);`,
  'words.ts': `export function words(name: string): string {\n  return ['good morning', name].join(' ');\n}`,
};

describe('bundledCode', () => {
  it('makes one file that runs without anything beside it', () => {
    const { folder } = bundle(sources);
    expect(readdirSync(folder)).toEqual(['index.js']);
    expect(readFileSync(join(folder, 'index.js'), 'utf8')).toContain('good morning');
  });

  it('gives the same source the same hash, wherever it lies and whatever comments say', () => {
    const { hash } = bundle(sources);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(bundle(sources).hash).toBe(hash);
    expect(bundle({ ...sources, 'words.ts': `// said at dawn\n${sources['words.ts']}` }).hash).toBe(hash);
  });

  it('gives another source another hash', () => {
    expect(bundle({ ...sources, 'words.ts': sources['words.ts'].replace('morning', 'evening') }).hash).not.toBe(bundle(sources).hash);
  });

  it('fails by the place of the mistake', () => {
    expect(() => bundle({ 'say.lambda.ts': `import { gone } from './gone.ts';\nexport const handler = gone;` })).toThrow(
      /say\.lambda\.ts:1:\d+.*gone\.ts/s,
    );
  });
});
