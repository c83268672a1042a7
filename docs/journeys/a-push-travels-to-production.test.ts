import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parameterNames } from '@enstratus/contract';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { z } from 'zod';
import { isTooWide, wrongOn } from './accessible.ts';
import { journey, type Walk } from './journey.ts';
import { type StartedSystem, startSystem } from './start-system.ts';

const run = promisify(execFile);
const repo = 'ingest-repo';
/** A build that shares two cores with other tests. */
const patience = { timeout: 480_000, interval: 500 };
/** Another one at each walk, so that each is a change. */
const newText = `Posted here, not read (${Date.now().toString(36)}).`;
const title = 'Say shorter that nothing is read here';

let system: StartedSystem | undefined;
let endpointsFile: string;
const folder = mkdtempSync(join(tmpdir(), 'enstratus-push-'));
const clone = join(folder, repo);
let oldText: string;
let commit: string;

/** The system that was given, where it has pipelines; else one of its own. */
beforeAll(async () => {
  const given = z.object({ pipelines: z.unknown() }).parse(JSON.parse(readFileSync(inject('endpointsFile'), 'utf8')));
  if (given.pipelines === null || given.pipelines === undefined)
    system = await startSystem(inject('startProgram'), ['--pipeline', repo, '--no-history']);
  endpointsFile = system?.endpointsFile ?? inject('endpointsFile');
}, 900_000);

afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

const pipelinesOf = ({ endpoints: { pipelines } }: Walk) => {
  if (pipelines === null) throw new Error('the system has no pipelines');
  return pipelines;
};

const parameters = z.object({ parameters: z.array(z.object({ name: z.string(), value: z.string().optional() })) });
const problem = z.object({ detail: z.string() });

/** What the webhook of a stage's account tells who reads it. */
async function said(walk: Walk, stage: 'dev' | 'test' | 'prod'): Promise<string> {
  const { stages, region } = pipelinesOf(walk);
  const list = await fetch(`${walk.endpoints.aws}/_local/api/parameters?account=${stages[stage]}&region=${region}`);
  const url = parameters.parse(await list.json()).parameters.find(({ name }) => name === parameterNames.webhookUrl)?.value;
  return problem.parse(await (await fetch(url ?? '')).json()).detail;
}

const stageOf = (page: Page, name: string) => page.locator(`[data-pipeline="${repo}"] [data-stage="${name}"]`);
const bandOf = (page: Page, name: string) =>
  page.locator(`[data-pipeline="${repo}"] [data-commit]`).filter({ has: page.locator(`[data-stage="${name}"]`) });
const toPipelines = (walk: Walk) => walk.page.goto(`${walk.endpoints.aws}/_local#/pipelines`);

/** Waits on the page of all pipelines until the commit stands at a gate that asks. */
async function untilAsked(page: Page, stage: string): Promise<void> {
  await expect.poll(() => stageOf(page, stage).getAttribute('data-state'), patience).toBe('needs_approval');
  await expect.poll(() => bandOf(page, stage).getAttribute('data-commit'), patience).toBe(commit);
}

async function approve(page: Page, comment: string): Promise<void> {
  await page.getByLabel('Comment').fill(comment);
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  const question = page.getByRole('dialog');
  await question.getByText(title).waitFor();
  await question.getByRole('button', { name: 'Yes, approve' }).click();
  await question.waitFor({ state: 'hidden' });
}

journey(
  'a-push-travels-to-production',
  {
    'The developer clones ingest-repo and opens the pipelines in the console.': async (walk) => {
      const { page } = walk;
      await run('git', ['clone', '--quiet', pipelinesOf(walk).repositories[repo] ?? '', clone]);
      oldText = await said(walk, 'prod');
      await toPipelines(walk);
      await page.getByRole('heading', { name: 'Pipelines', level: 1 }).waitFor();
      await stageOf(page, 'ApproveProd').waitFor();
      // The pipeline was made with the system, and carries what was there already.
      await expect.poll(() => stageOf(page, 'Source').getAttribute('data-state'), patience).toBe('succeeded');
    },
    'They change one line of a handler and push it.': async () => {
      const handler = join(clone, 'src', 'telemetry', 'receive-status.ts');
      const before = readFileSync(handler, 'utf8');
      writeFileSync(handler, before.replace(/(status: 405, detail: ')[^']*(')/, `$1${newText}$2`));
      const git = (...args: string[]) =>
        run('git', ['-c', 'user.name=Dana', '-c', 'user.email=dana@enfusion.example', ...args], { cwd: clone });
      expect((await git('diff', '--shortstat')).stdout).toContain('1 file changed, 1 insertion(+), 1 deletion(-)');
      await git('commit', '--quiet', '--all', '--message', title);
      await git('push', '--quiet', 'origin', 'HEAD:main');
      commit = (await git('rev-parse', 'HEAD')).stdout.trim();
    },
    'The picture shows the push in its first stage, and the older commit in the stages behind it.': async (walk) => {
      const { page } = walk;
      await expect.poll(() => bandOf(page, 'Source').getAttribute('data-commit'), patience).toBe(commit);
      await bandOf(page, 'Source').getByText(title).waitFor();
      // As soon as the older commit has made room for it.
      await expect.poll(() => bandOf(page, 'Build').getAttribute('data-commit'), patience).toBe(commit);
      await expect.poll(() => bandOf(page, 'ApproveTest').getAttribute('data-commit'), patience).toMatch(/^[0-9a-f]{40}$/);
      expect(await bandOf(page, 'ApproveTest').getAttribute('data-commit')).not.toBe(commit);
      await walk.show('pipelines');
    },
    'The build’s log is followed while it runs the repo’s tests.': async (walk) => {
      const { page } = walk;
      await stageOf(page, 'Build').getByRole('link', { name: 'Synth' }).click();
      await page.getByRole('heading', { name: 'Synth in Build' }).waitFor();
      await page.locator('[data-phase="INSTALL"]').waitFor();
      const log = page.getByLabel('What the build has written');
      await log.getByText('Running command npm run types').waitFor({ timeout: patience.timeout });
      await log.getByText(/Test Files +\d+ passed/).waitFor({ timeout: patience.timeout });
      await expect.poll(() => page.locator('[data-phase="BUILD"]').innerText(), patience).toContain('succeeded');
    },
    'The push arrives in DEV: its webhook answers with the new text, those of TEST and PROD with the old one.': async (walk) => {
      await toPipelines(walk);
      await expect.poll(() => said(walk, 'dev'), patience).toBe(newText);
      expect([await said(walk, 'test'), await said(walk, 'prod')]).toEqual([oldText, oldText]);
    },
    'At the gate before TEST one reads what will change: no right, no unit of the bill, one function.': async (walk) => {
      const { page } = walk;
      await untilAsked(page, 'ApproveTest');
      await page.getByRole('link', { name: /^Read what will change in ingest-repo: ApproveTest/ }).click();
      await page.getByRole('heading', { name: 'ApproveTest of ingest-repo' }).waitFor();
      for (const part of ['No rights change', 'EnstratusIngest: 1 changed', 'No unit of the bill changes'])
        await page.getByText(part, { exact: true }).waitFor();
      await page.getByLabel('All differences').getByText('AWS::Lambda::Function ReceiveStatusFunction').waitFor();
      expect(await page.getByLabel('Rights and openings').innerText()).toContain('None.');
      await walk.show('pipelines-gate');
    },
    'A page of elsewhere can’t approve, not even with the gate’s own token.': async (walk) => {
      const { aws } = walk.endpoints;
      const { account, region } = pipelinesOf(walk);
      const path = `${aws}/_local/api/pipelines/${account}/${region}/${repo}`;
      const gate = z.object({ token: z.string() }).parse(await (await fetch(`${path}/gates/ApproveTest/ApproveTest`)).json());
      const body = JSON.stringify({ stage: 'ApproveTest', action: 'ApproveTest', token: gate.token, status: 'Approved', comment: '' });
      const elsewhere = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<p>A page of elsewhere</p>'));
      await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
      const attacker = await walk.another();
      await attacker.page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`);
      for (const init of [
        { headers: { 'Content-Type': 'application/json' } },
        { mode: 'no-cors' },
        { mode: 'no-cors', headers: { 'Content-Type': 'text/plain' } },
      ]) {
        const asked = JSON.stringify({ method: 'POST', body, ...init });
        const answer = await attacker.page.evaluate(
          `fetch(${JSON.stringify(`${path}/approvals`)}, ${asked}).then((response) => response.type + ' ' + response.status, () => 'refused')`,
        );
        expect(['refused', 'opaque 0']).toContain(answer);
      }
      await attacker.context.close();
      await new Promise((resolve) => elsewhere.close(resolve));
      const after = z.object({ state: z.string() }).parse(await (await fetch(`${path}/gates/ApproveTest/ApproveTest`)).json());
      expect(after.state).toBe('needs_approval');
    },
    'The developer approves with a comment, is asked once more, and TEST answers with the new text while PROD does not.': async (walk) => {
      const { page } = walk;
      await approve(page, 'Read and wanted');
      await page.getByText('Read and wanted').waitFor();
      await expect.poll(() => said(walk, 'test'), patience).toBe(newText);
      expect(await said(walk, 'prod')).toBe(oldText);
    },
    'At the gate before PROD they approve again, and PROD answers with the new text.': async (walk) => {
      const { page } = walk;
      await toPipelines(walk);
      await untilAsked(page, 'ApproveProd');
      await stageOf(page, 'ApproveProd')
        .getByRole('link', { name: /^Review/ })
        .click();
      await page.getByText('EnstratusIngest: 1 changed', { exact: true }).waitFor();
      await approve(page, '');
      await expect.poll(() => said(walk, 'prod'), patience).toBe(newText);
    },
    'The execution tells how long each action took, and where it deployed.': async (walk) => {
      const { page } = walk;
      await toPipelines(walk);
      await expect.poll(() => stageOf(page, 'Prod').getAttribute('data-state'), patience).toBe('succeeded');
      await bandOf(page, 'Prod').getByRole('link', { name: title }).click();
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      for (const account of Object.values(pipelinesOf(walk).stages))
        await page.getByText(`EnstratusIngest in account ${account}: Deployment Succeeded: UPDATE_COMPLETE`).waitFor();
      await page.getByText(/^Approved by root of \d{12}: Read and wanted$/).waitFor();
      await page
        .locator('[data-action="Synth"]')
        .getByText(/^\d+ (s|min)( \d+ s)?$/)
        .waitFor();
      await walk.show('pipelines-execution');
    },
    'The pages can be used with a screen reader, on a phone and in the dark too.': async (walk) => {
      const { page } = walk;
      const execution = new URL(page.url()).hash;
      await page.getByRole('link', { name: 'Synth', exact: true }).click();
      const build = new URL(page.url()).hash;
      const one = execution.slice(0, execution.indexOf('/executions/'));
      const wrong: string[] = [];
      for (const [width, colorScheme] of [
        [1440, 'light'],
        [1440, 'dark'],
        [390, 'light'],
      ] as const) {
        await page.setViewportSize({ width, height: 844 });
        await page.emulateMedia({ colorScheme });
        for (const hash of ['#/pipelines', one, `${one}/gates/ApproveProd/ApproveProd`, execution, build]) {
          await page.goto(`${walk.endpoints.aws}/_local${hash}`);
          await page.getByText('Loading…').first().waitFor({ state: 'detached' });
          wrong.push(...(await wrongOn(page)));
          expect(await isTooWide(page), `${hash} at ${width}`).toBe(false);
        }
      }
      expect(wrong).toEqual([]);
    },
  },
  // The browser tells of what it kept a page of elsewhere from.
  { endpointsFile: () => endpointsFile, timeout: 1_200_000, expectedErrors: /CORS policy|net::ERR_(FAILED|BLOCKED_BY_RESPONSE)/ },
);
