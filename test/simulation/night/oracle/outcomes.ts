import type { VirtualMachineSeed } from '../../../../local/estateMachine';
import type { Entry } from '../../../../shared/domain/remediation/entry';
import { isAtOrUnder } from '../../../../shared/domain/armId';
import { isOver, type RemediationRow } from '../../../../shared/domain/remediation/remediationRow';
import type { Violation } from '../../oracle/judge';
import type { NightHistory } from '../history';
import { statesWithin } from '../history';
import { type NightCase, type StoredEntry, violation, wasStruck } from './case';
import { inGroup, isOfNight, isReady, loginOf, whyLeftAlone } from './machines';
import { nightGroup } from '../recipes';

/** What was told of each VM is what it was. */
export function outcomeFaults(ofNight: NightCase): Violation[] {
  return [...ofNight.entries]
    .flatMap(([vmId, stored]) => {
      const told = new Map<string, StoredEntry>();
      for (const one of stored) {
        if (one.entry.end !== null && !told.has(one.runId)) told.set(one.runId, one);
      }
      return [...told.values()].flatMap((one) => {
        const why = whyUntrue(ofNight, vmId, one);
        const { outcome = '', reason = '' } = one.entry.end ?? {};
        return why === null
          ? []
          : [
              violation(
                'an outcome is untrue',
                `${vmId} in ${one.runId}: ${outcome} ${reason ?? ''}, and ${why}`,
                one.atMs,
              ),
            ];
      });
    })
    .concat(missing(ofNight), undone(ofNight));
}

/** Longer than from a look at a VM to the save of what it came to. */
const savedMs = 60_000;

function whyUntrue(ofNight: NightCase, vmId: string, told: StoredEntry): string | null {
  const { history, circumstances } = ofNight;
  const { entry, runId, atMs } = told;
  const begunMs = ofNight.runs.get(runId)?.[0]?.atMs ?? 0;
  const patience = savedMs + slackMs(ofNight) + ofNight.stretchMs(atMs - savedMs, atMs);
  const lately = statesWithin(history, vmId, atMs - patience, atMs);
  const ever = statesWithin(history, vmId, 0, atMs);
  // Of a write without an answer, or whose sender died, before it left or after, nobody knows.
  const mayHaveLeft =
    history.sent.some((one) => one.vmId === vmId && one.method !== 'GET') ||
    circumstances.afflictions.some(({ kind }) => kind.startsWith('night: dies'));
  const wrote =
    writesOf(history, vmId, begunMs, atMs).length > 0 ||
    (entry.sent.some(({ status }) => status === null) && mayHaveLeft);
  switch (entry.end?.outcome) {
    case 'fixed':
      if (!wrote) return 'nothing was written';
      return lately.some(isReadyNow) ? null : 'it was not ready';
    case 'ready':
      return ever.some(isReadyNow) ? null : 'it never was';
    case 'skipped':
      return whyNotSkipped(entry, ever) ?? whyNotCancelled(ofNight, vmId, told);
    case 'failed':
    case 'quarantined':
    case 'wouldFix':
    case undefined:
      return null;
  }
}

/** Standstills and slow rows: what is looked at is told of later. */
function slackMs(ofNight: NightCase): number {
  return wasStruck(ofNight, /^night: (?:.*stands still|.*dead|.*dies|.*killed|ledger|batch|row )/)
    ? 600_000
    : 0;
}

const isReadyNow = (vm: VirtualMachineSeed | null): boolean => vm !== null && isReady(vm);

function writesOf(history: NightHistory, vmId: string, fromMs: number, toMs: number) {
  return history.writes.filter(
    (one) => one.vmId === vmId && one.atMs >= fromMs && one.atMs <= toMs && one.status < 300,
  );
}

/** Reasons that say nothing of the machine. */
const ofTheRun = [
  'cancelled',
  'paused',
  'changedByOthers',
  'noOutboundPath',
  'onlyDefaultOutbound',
];
/** Reasons that others give: Azure's refusals, which faults invent. */
const told = ['vanished', 'replaced', 'duplicateName', 'extensionBusy', 'stoppedMeanwhile'];

function whyNotSkipped(
  { end, vmId }: Entry,
  ever: readonly (VirtualMachineSeed | null)[],
): string | null {
  const reason = end?.reason ?? '';
  if (ofTheRun.includes(reason) || !isOfNight(vmId)) return null;
  if (end?.error !== null || told.includes(reason)) return null;
  return ever.some((vm) => vm === null || whyLeftAlone(vm) !== null)
    ? null
    : 'nothing ever stood against it';
}

/** What was sent is watched to its end, whoever wishes the run to end. */
function whyNotCancelled(
  { history, runs }: NightCase,
  vmId: string,
  { entry, runId, atMs }: StoredEntry,
): string | null {
  if (entry.end?.reason !== 'cancelled') return null;
  const begunMs = runs.get(runId)?.[0]?.atMs ?? 0;
  const last = writesOf(history, vmId, begunMs, atMs).findLast(({ kind }) => kind === 'extension');
  if (last === undefined || (last.effectiveAtMs ?? Infinity) <= atMs) return null;
  // Of a write whose answer was lost, or another one, the app knows less than its log.
  const isKnown = history.sent.some(
    ({ path, method, status, answeredMs }) =>
      path === last.path &&
      method === last.method &&
      status === last.status &&
      (answeredMs ?? 0) >= last.atMs,
  );
  const since = statesWithin(history, vmId, last.atMs + 1, atMs);
  const isBusy = (vm: VirtualMachineSeed | null): boolean =>
    ['Creating', 'Updating'].includes((vm && loginOf(vm)?.provisioningState) ?? '');
  return isKnown && since.every(isBusy) ? 'its install was under way' : null;
}

/** Whoever was there all the time is in the run. */
function missing(ofNight: NightCase): Violation[] {
  const { history, runs, entries, night } = ofNight;
  if (wasStruck(ofNight, /index|row called|HTML|403|down for/)) return [];
  return [...runs.values()].flatMap((rows) => {
    const last = rows.at(-1);
    if (last === undefined || last.row.phase !== 'done' || last.row.trouble !== '') return [];
    const { row, atMs } = last;
    return [...history.machines]
      .filter(([id, states]) => states.every(({ seed }) => seed !== null) && isAsked(row, id))
      .filter(([id]) => night.scope === 'subscription' || inGroup(id, nightGroup))
      .filter(([id, states]) => (states[0]?.atMs ?? 0) < (rows[0]?.atMs ?? 0) && id !== '')
      .filter(([id]) => !(entries.get(id) ?? []).some(({ runId }) => runId === row.id))
      .map(([id]) => violation('a VM was not found', `${id} in ${row.id}`, atMs));
  });
}

function isAsked({ scopes }: RemediationRow, id: string): boolean {
  return scopes.length === 0 || scopes.some((scope) => isAtOrUnder(id, scope));
}

/** Where nothing goes wrong, what can be made ready is. */
function undone(ofNight: NightCase): Violation[] {
  const { history, runs, entries, circumstances } = ofNight;
  if (circumstances.afflictions.some(({ group }) => group === 'night')) return [];
  return [...runs.values()].flatMap((rows) => {
    const last = rows.at(-1);
    if (last === undefined || !isOver(last.row) || last.row.cancelAt !== null) return [];
    const { row, atMs } = last;
    const isDry = row.dryRun || row.dryScopes.length > 0;
    const good = isDry ? ['wouldFix', 'ready', 'fixed'] : ['fixed', 'ready'];
    return [...entries].flatMap(([id, stored]) => {
      const mine = stored.findLast(({ runId }) => runId === row.id);
      const { outcome = '' } = mine?.entry.end ?? {};
      if (mine === undefined || !isSound(ofNight, id) || good.includes(outcome)) return [];
      const { reason } = mine.entry.end ?? {};
      const first = history.machines.get(id)?.[0]?.seed;
      const what = `${id} in ${row.id}: ${outcome} ${reason ?? ''} ${JSON.stringify(first)}`;
      return [violation('what could be made ready was not', what, atMs)];
    });
  });
}

/** Nothing stands against it, nothing goes wrong on it, nobody knows it from other nights. */
function isSound({ history, night }: NightCase, id: string): boolean {
  const states = history.machines.get(id) ?? [];
  const first = states[0]?.seed;
  if (first === undefined || first === null || !inGroup(id, nightGroup)) return false;
  // What happens to the windows' machines happens to all: they are deleted, or stopped.
  if (states.some(({ seed }) => seed?.powerState !== first.powerState)) return false;
  const plan = night.machines.find(({ name }) => id.endsWith(`/${name}`));
  if (plan === undefined || plan.standing !== 'none') return false;
  const hasUsers = (first.identity?.userAssigned.length ?? 0) > 0;
  const isBad = first.guest?.login !== undefined || ['no way out', 'twin'].includes(plan.recipe);
  return (!hasUsers || night.mayKeepIdentities) && !isBad && whyLeftAlone(first) === null;
}
