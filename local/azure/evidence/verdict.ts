import type { ActivationTruth, WriteRecord } from '../contract';
import type { VirtualMachineSeed } from '../../estate';
import { identities } from '../../tenant';
import type { Content, History } from './timeline';
import { canonical, contentOf, replay, writtenBy } from './timeline';
import type { PathLine, StandingRule, Verdict, VerdictInput } from './verdictTypes';
import type { PathNsg, WindowFound } from './windows';
import { findWindows, isCovered, isOpening, isOurName, pathsTo, reaches } from './windows';

/** Virtual Machine Administrator Login and Virtual Machine User Login. */
const loginRoles = ['1c0163c0-47e6-4577-8991-ea5c82e286e4', 'fb879df8-f326-4884-b1cf-06f3ad86be52'];

const isExpectedByDefault = (activation: ActivationTruth, vm: VirtualMachineSeed): boolean =>
  loginRoles.includes(activation.roleDefinitionGuid.toLowerCase()) &&
  vm.tags?.['postern']?.toLowerCase() === 'enabled';

/**
 * Judges a run by what the local Azure itself saw: its write log, the estate before, and PIM's own
 * account of every activation. Pure; shares no code with the app. It passes only where every NSG on
 * the way to every expected VM was opened by a rule of the app and closed before the activation's
 * end, nothing of the app's still stands, no identity of the app wrote anything else, and every NSG
 * is what it was (or what others than the app have made of it since).
 */
export function judge(input: VerdictInput): Verdict {
  const nowMs = Date.parse(input.now);
  const history = replay(input.estate.networkSecurityGroups, input.records);
  const windows = findWindows(history.standings, input.activations, input.estate, input.requests);
  const lines = input.activations.flatMap((item) => linesOf(item, windows, input, nowMs));
  const standing = standingRules(history, windows, nowMs);
  const strayWrites = input.records.filter((record) => isStray(record));
  const changedNsgs = changed(input, history);
  const orphans = windows.filter((window) => window.activation === undefined);
  const reasons = [
    ...(input.activations.length === 0 ? ['Nobody activated a role: nothing was proved.'] : []),
    ...lines.flatMap((line) => faultOf(line)),
    ...standing.map((rule) => printedStanding(rule)),
    ...orphans.map((window) => printedOrphan(window)),
    ...overruns(windows, lines, nowMs),
    ...strayWrites.map((record) => printedStray(record)),
    ...changedNsgs.map((id) => `${id} is not what it was before.`),
  ];
  return {
    passed: reasons.length === 0,
    reasons,
    lines,
    standing,
    strayWrites: strayWrites.map((record) => record.sequence),
    changedNsgs,
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

function linesOf(
  activation: ActivationTruth,
  windows: readonly WindowFound[],
  input: VerdictInput,
  nowMs: number,
): PathLine[] {
  const isExpected = input.isExpected ?? isExpectedByDefault;
  const window = windows.find((item) => item.activation === activation && !item.asked);
  return input.estate.virtualMachines
    .filter((vm) => isCovered(vm, activation, input.estate) && isExpected(activation, vm))
    .flatMap((vm) => {
      const nics = new Map<string, PathLine[]>();
      for (const path of pathsTo(vm, input.estate)) {
        const line = lineOf(activation, path, window, nowMs);
        nics.set(path.nicId, [...(nics.get(path.nicId) ?? []), line]);
      }
      return opened([...nics.values()]);
    });
}

/** A VM is open when one of its interfaces is; the others need not be. */
function opened(nics: PathLine[][]): PathLine[] {
  const isShut = (lines: PathLine[]): boolean =>
    lines.every((line) => line.state === 'neverOpened');
  const open = nics.filter((lines) => !isShut(lines));
  return (open.length > 0 ? open : nics).flat();
}

function lineOf(
  activation: ActivationTruth,
  path: PathNsg,
  window: WindowFound | undefined,
  nowMs: number,
): PathLine {
  const mine = window?.standings.filter((item) => reaches(item, path)) ?? [];
  const deadlineMs = Date.parse(activation.endAt);
  const base = {
    requestName: activation.requestName,
    vmId: path.vm.id,
    nsgId: path.nsgId,
    on: path.on,
    rules: [...new Set(mine.map((item) => item.rule.name))],
    deadline: iso(deadlineMs),
    ...(activation.endedEarlyAt === undefined ? {} : { endedEarlyAt: activation.endedEarlyAt }),
  };
  if (mine.length === 0) return { ...base, state: 'neverOpened', overrunS: 0 };
  const goneAtMs = endOf(mine);
  const overrunS = Math.max(0, ((goneAtMs ?? nowMs) - deadlineMs) / 1_000);
  const isLate = overrunS > 0;
  const times = {
    acceptedAt: iso(Math.min(...mine.map((item) => item.acceptedAtMs ?? item.fromMs))),
    openAt: iso(Math.min(...mine.map((item) => item.fromMs))),
    overrunS,
  };
  if (goneAtMs === undefined) return { ...base, ...times, state: isLate ? 'overrun' : 'open' };
  const state = isLate ? 'closedLate' : 'closedInTime';
  return { ...base, ...times, state, goneAt: iso(goneAtMs) };
}

/** When the last of them went; `undefined` while one stands. */
function endOf(standings: WindowFound['standings']): number | undefined {
  const ends = standings.map((item) => item.toMs ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...ends);
  return Number.isFinite(last) ? last : undefined;
}

function faultOf(line: PathLine): string[] {
  const where = `${line.nsgId} (${line.on} of ${line.vmId})`;
  if (line.state === 'neverOpened') {
    // Who gives a role back at once need not have been let in.
    if (line.endedEarlyAt !== undefined) return [];
    return [`${where} was never opened for activation ${line.requestName}.`];
  }
  if (line.state === 'open') return [`${where} is still open; its deadline is ${line.deadline}.`];
  if (line.overrunS === 0) return [];
  return [
    `${where} was open ${line.overrunS} s past the activation's end at ${line.deadline}` +
      `${line.goneAt === undefined ? ' and still is' : ''}.`,
  ];
}

/** Rules that reach no expected VM have no line; their overrun counts all the same. */
function overruns(
  windows: readonly WindowFound[],
  lines: readonly PathLine[],
  nowMs: number,
): string[] {
  const told = new Set(
    lines.flatMap((line) => line.rules.map((rule) => `${line.nsgId.toLowerCase()} ${rule}`)),
  );
  return windows.flatMap(({ activation, standings }) => {
    if (activation === undefined) return [];
    const deadlineMs = Date.parse(activation.endAt);
    return standings.flatMap(({ nsgId, rule, toMs }) => {
      const overrunS = ((toMs ?? nowMs) - deadlineMs) / 1_000;
      if (overrunS <= 0 || told.has(`${nsgId} ${rule.name}`)) return [];
      return [`${rule.name} in ${nsgId} stood ${overrunS} s past the activation's end.`];
    });
  });
}

function standingRules(
  history: History,
  windows: readonly WindowFound[],
  nowMs: number,
): StandingRule[] {
  return history.standings
    .filter((item) => item.toMs === undefined && item.isByApp && isOurName(item.rule.name))
    .map((item) => {
      const window = windows.find(({ standings }) => standings.includes(item));
      const deadline = window?.activation?.endAt;
      const isOver = deadline !== undefined && isOpening(item);
      return {
        name: item.rule.name,
        nsgId: item.nsgId,
        access: item.rule.properties.access,
        since: iso(item.fromMs),
        ...(deadline === undefined ? {} : { deadline: iso(Date.parse(deadline)) }),
        overrunS: isOver ? Math.max(0, (nowMs - Date.parse(deadline)) / 1_000) : 0,
      };
    });
}

function printedStanding(rule: StandingRule): string {
  const what = rule.access === 'Allow' ? 'lets somebody in' : 'is disarmed, but not gone';
  return `${rule.name} still stands in ${rule.nsgId} since ${rule.since} and ${what}.`;
}

function printedOrphan(window: WindowFound): string {
  const places = [...new Set(window.standings.map((item) => item.nsgId))].join(', ');
  return `${window.key} was opened in ${places} without an activation of its own in force.`;
}

/** A write by an identity of the app, accepted or refused, to anything but its own rules. */
function isStray({ caller, path }: WriteRecord): boolean {
  if (caller.kind !== 'app') return false;
  // What the remediator writes to machines is judged by the night's own verdict.
  const isOfNight = caller.objectId === identities.remediator.objectId;
  if (isOfNight && /\/providers\/microsoft\.compute\//i.test(path)) return false;
  const rule = writtenBy(path)?.rule;
  return rule === undefined || !isOurName(rule);
}

function printedStray(record: WriteRecord): string {
  const result = record.status < 400 ? 'accepted' : 'refused';
  return (
    `${record.caller.name} tried ${record.method} ${record.path} (write ${record.sequence}, ` +
    `${result}): the app may write its own rules only.`
  );
}

/** NSGs that differ from the beginning plus what others than the app have changed. */
function changed(input: VerdictInput, history: History): string[] {
  const initial = input.estate.networkSecurityGroups;
  const wanted = replay(initial, input.records, ({ caller }) => caller.kind !== 'app').contents;
  const standing = new Set(
    history.standings
      .filter((item) => item.toMs === undefined && item.isByApp && isOurName(item.rule.name))
      .map((item) => `${item.nsgId} ${item.rule.name.toLowerCase()}`),
  );
  const present =
    input.present === undefined
      ? history.contents
      : new Map(input.present.map((seed) => [seed.id.toLowerCase(), contentOf(seed)]));
  const ids = new Set([...wanted.keys(), ...present.keys()]);
  const print = (id: string, content: Content | undefined): string =>
    content === undefined ? 'absent' : printedContent(id, content, standing);
  return [...ids].filter((id) => print(id, wanted.get(id)) !== print(id, present.get(id)));
}

/** What still stands of the app's is told apart; here only the rest counts. */
function printedContent(id: string, content: Content, standing: ReadonlySet<string>): string {
  const rules = [...content.rules]
    .filter(([name]) => !standing.has(`${id} ${name}`))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return canonical({ rules, tags: content.tags, flushConnection: content.flushConnection });
}
