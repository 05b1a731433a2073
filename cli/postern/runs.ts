import * as z from 'zod';
import { runListSchema, runViewSchema } from '../../shared/contract/remediation/remediationSchemas';
import type { RunView } from '../../shared/contract/remediation/runView';
import type { Client } from './client';
import { Ending, exitCodes } from './ending';
import type { Session } from './session';
import { understood } from './windows';
import { plain, timeText } from './words';

/** A run of the remediation as it was answered, and as it was read. */
export type SeenRun = { readonly view: RunView; readonly json: unknown };

/** A run out of an answer. Throws `Ending`. */
export function seenRun(json: unknown): SeenRun {
  return { view: understood(runViewSchema, json), json };
}

/** Reads one run by its whole id. */
export async function readRun(client: Client, id: string): Promise<SeenRun> {
  return seenRun(await client.send({ path: `remediations/${id}` }));
}

/** What `next` of a page holds; only its place in the list is believed, never its address. */
const placeForm = /[?&]after=([A-Za-z0-9.-]{1,120})(?:&|$)/;
const pageSize = '100';
const rawRuns = z.looseObject({ runs: z.array(z.unknown()) });

/** Reads all pages of runs, the newest first, `pagesMax` at most; `json`: one answer with all of them. */
export async function readRuns(client: Client, pagesMax: number) {
  const runs: RunView[] = [];
  const raw: unknown[] = [];
  const next = await eachPage(client, 'remediations', pagesMax, (json) => {
    const page = understood(runListSchema, json);
    runs.push(...page.runs);
    raw.push(...understood(rawRuns, json).runs);
    return page.next;
  });
  return { runs, next, json: { runs: raw, next } };
}

/** Asks for page after page; `take` tells what the page calls next. `null`: that was the last one. */
export async function eachPage(
  client: Client,
  path: string,
  pagesMax: number,
  take: (json: unknown) => string | null,
): Promise<string | null> {
  let after: string | null = null;
  for (let pages = 1; ; pages += 1) {
    const place: Record<string, string> = after === null ? {} : { after };
    const next = take(await client.send({ path, query: { limit: pageSize, ...place } }));
    const before: string | null = after;
    after = placeForm.exec(next ?? '')?.[1] ?? null;
    if (after === null || after === before || pages === pagesMax) return next;
  }
}

const wholeForm = /^(?:night-\d{8}|asked-[a-z0-9]{16,40})$/;
const beginningForm = /^(?:night|asked)-[a-z0-9]{1,39}$/;
const lookThroughPages = 10;

/** The whole id of a run whose id begins so. Throws `Ending` for none, and for several. */
export async function wholeRunId(client: Client, text: string): Promise<string> {
  const beginning = text.toLowerCase();
  if (wholeForm.test(beginning)) return beginning;
  if (!beginningForm.test(beginning)) {
    const message = 'A run’s id is night-20260131 or asked- and letters: postern remediations.';
    throw new Ending(exitCodes.wrong, message);
  }
  const { runs } = await readRuns(client, lookThroughPages);
  const ids = runs.map(({ id }) => id).filter((id) => id.startsWith(beginning));
  const [first, ...others] = new Set(ids);
  if (first === undefined) {
    throw new Ending(exitCodes.refused, `No run begins with ${beginning}.`);
  }
  if (others.length === 0) return first;
  throw new Ending(exitCodes.wrong, `Several runs begin with ${beginning}: write more of the id.`);
}

/** One run for people. */
export function runText(view: RunView, { colours, now }: Session): string {
  const { id, phase, dryRun, vms, trouble, cancel } = view;
  const isBad = trouble !== null || phase === 'cancelled';
  const state = isBad ? colours.red(phase.toUpperCase()) : colours.green(phase.toUpperCase());
  const fixed = dryRun ? `${vms.wouldFix} would be fixed` : `${vms.fixed} fixed`;
  const facts: [string, string][] = [
    ['writes', dryRun ? 'none: a dry run' : String(view.writes)],
    ['found', `${vms.found}${vms.isWhole ? '' : ' so far'}, ${vms.left} left`],
    ['ready', String(vms.ready)],
    ['fixed', fixed],
    ['left alone', String(vms.skipped)],
    ['failed', String(vms.failed)],
    ['quarantine', String(vms.quarantined)],
    ['pace', paceText(view)],
    ['asked by', plain(view.askedBy ?? 'the timer', 80)],
    ['reason', plain(view.reason)],
    ['scopes', view.scopes.map((one) => plain(one, 200)).join(', ')],
    ['asked at', timeText(view.createdAt, now())],
    ['ended', view.endedAt === null ? '' : timeText(view.endedAt, now())],
    ['cancelled', cancel === null ? '' : `by ${plain(cancel.by, 80)}`],
    ['trouble', plain(trouble ?? '')],
  ];
  const lines = facts
    .filter(([, text]) => text !== '')
    .map(([label, text]) => `  ${label.padEnd(10)} ${text}`);
  return [`Run ${plain(id, 60)} is ${state}`, ...lines].join('\n');
}

/** One line for each run. */
export function runsText(runs: readonly RunView[], { now }: Session): string {
  if (runs.length === 0) return 'There are no runs.';
  return runs
    .map(({ id, phase, dryRun, vms, createdAt }) => {
      const what = dryRun ? `${vms.wouldFix} would be fixed` : `${vms.fixed} fixed`;
      const counts = `${vms.found} VMs, ${what}, ${vms.failed} failed`;
      return `${plain(id, 60)}  ${phase.padEnd(10)}  ${counts}  ${timeText(createdAt, now())}`;
    })
    .join('\n');
}

/** `120 of 5000 VMs, 3 m left`: how far it is, in one line. */
export function progressText({ id, phase, vms, secondsLeft }: RunView): string {
  const found = vms.isWhole ? String(vms.found) : `${vms.found} or more`;
  const left = secondsLeft === null || secondsLeft === 0 ? '' : `, ${lengthText(secondsLeft)} left`;
  return `Run ${plain(id, 60)} ${phase}: ${vms.ended} of ${found} VMs${left}`;
}

function paceText({ perMinute, secondsLeft }: RunView): string {
  if (perMinute === null) return '';
  const left = secondsLeft === null || secondsLeft === 0 ? '' : `, ${lengthText(secondsLeft)} left`;
  return `${perMinute} VMs a minute${left}`;
}

function lengthText(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
