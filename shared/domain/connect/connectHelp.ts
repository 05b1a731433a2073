import type { Now } from '../instant';
import { closingStartOf, deadlineOf } from '../window/deadline';
import { windowPhase, type WindowPhase } from '../window/phase';
import type { WindowRow } from '../window/windowRow';
import type { ConnectKnowledge } from './facts';
import { machineHelp, type MachineHelp } from './machineHelp';
import { missing, type Missing } from './missing';
import { portTexts } from './windowPorts';

/** What to type to get from an open window to its machines. Times are epoch ms. */
export type ConnectHelp = {
  readonly windowId: string;
  readonly phase: WindowPhase;
  readonly ports: readonly string[];
  readonly sources: readonly string[];
  readonly closingBeginsAt: number;
  readonly untilAt: number;
  readonly missing: readonly Missing[];
  readonly machines: readonly MachineHelp[];
};

/** Can anybody still come through? Of other windows nothing has to be asked. */
export function isWorthAsking(row: WindowRow): boolean {
  const phase = windowPhase(row);
  return phase !== 'closed' && phase !== 'refused';
}

/** Help for a whole window; of one that is over there is nothing to say but that. */
export function connectHelp(row: WindowRow, knowledge: ConnectKnowledge, now: Now): ConnectHelp {
  const { grant } = row;
  return {
    windowId: row.id,
    phase: windowPhase(row),
    ports: portTexts(grant.portSets),
    sources: grant.source.prefixes,
    closingBeginsAt: closingStartOf(row),
    untilAt: deadlineOf(row),
    missing: windowMissing(row, now),
    machines: isWorthAsking(row)
      ? grant.targets.map((target) => machineHelp(row, target, knowledge, now))
      : [],
  };
}

function windowMissing(row: WindowRow, now: Now): Missing[] {
  switch (windowPhase(row)) {
    case 'awaitingApproval':
    case 'planned':
    case 'opening':
      return [missing('windowNotOpenYet')];
    case 'open':
      return now.latestMs >= closingStartOf(row) ? [missing('windowClosing')] : [];
    case 'closing':
      return [missing('windowClosing')];
    case 'closed':
      return [missing('windowClosed')];
    case 'refused':
      return [missing('windowRefused')];
  }
}
