import { assignmentKeyOf, intakeIdOf } from '../../shared/domain/identity';
import type { HintRow } from '../../shared/domain/hint';
import { parseHint } from '../../shared/domain/intake/parseHint';
import type { AssignmentHint, Hint } from '../../shared/domain/intake/parseHint';
import type { Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { forgetAddress, rememberAddress } from './addressHints';

/** What became of one event. Every one of them is an answer that Event Grid need not repeat. */
export type Received =
  | 'started'
  | 'running'
  /** This event was worked on to its end already. */
  | 'repeat'
  /** The id is known, what it says differs: the first one counts. */
  | 'otherBody'
  | 'addressKept'
  | 'addressVoided'
  | 'forgotten'
  | 'ignored'
  | 'malformed';

type Ledgered = Pick<World, 'ledger' | 'log' | 'clock'>;

/**
 * The one handler behind both doors. It writes the ledger and starts a sleeper, nothing else, so it
 * answers quickly whatever Resource Manager does. Throws when ledger or engine fail: then Event
 * Grid repeats the event, and the repeat finds the same ids.
 */
export function receiveActivation(
  world: Ledgered,
  starter: Starter,
): (event: unknown) => Promise<Received> {
  return async (event) => {
    const received = await receive(world, starter, parseHint(event));
    return received;
  };
}

async function receive(world: Ledgered, starter: Starter, hint: Hint): Promise<Received> {
  switch (hint.kind) {
    case 'malformed':
      world.log.warn('hint.malformed', { hintCode: hint.code });
      return 'malformed';
    case 'ignored':
      world.log.info('hint.ignored', { hintCode: hint.code });
      return 'ignored';
    case 'address':
      return rememberAddress(world, hint);
    case 'forget':
      return forgetAddress(world, hint);
    case 'look':
    case 'end':
    default:
      return startIntake(world, starter, hint);
  }
}

/**
 * Live row, hint row, sleeper, each only if absent, so that the same event delivered fifty times,
 * or again after a crash between any two of them, ends in one intake.
 */
export async function startIntake(
  { ledger, log, clock }: Ledgered,
  starter: Starter,
  hint: AssignmentHint & Pick<HintRow, 'from'>,
): Promise<Received> {
  const row = hintRow(hint, clock.now());
  const assignmentKey = assignmentKeyOf(hint.roleAssignmentId);
  const known = await ledger.hints.get(row.id);
  if (known !== null) {
    if (!sameHint(known.row, row)) {
      log.warn('hint.otherBody', { intake: row.id, kind: row.kind, assignmentKey });
      return 'otherBody';
    }
    if (known.row.outcome !== null) {
      log.info('hint.repeat', { intake: row.id, outcome: known.row.outcome });
      return 'repeat';
    }
  }
  await ledger.live.insert({
    id: row.id,
    kind: 'intake',
    assignmentKey,
    personId: '',
    nsgIds: [],
    until: 0,
    createdAt: row.receivedAt,
    guardMs: 0,
    closeFrom: null,
    closes: [],
  });
  const inserted = await ledger.hints.insert(row);
  if (inserted === 'exists') {
    const first = await ledger.hints.get(row.id);
    if (first !== null && !sameHint(first.row, row)) {
      log.warn('hint.otherBody', { intake: row.id, kind: row.kind, assignmentKey });
    }
  } else {
    log.info('hint.received', {
      intake: row.id,
      kind: row.kind,
      from: row.from,
      roleAssignmentId: row.roleAssignmentId,
      eventAt: new Date(row.eventAt).toISOString(),
    });
  }
  return starter.start('activationIntake', row.id, { id: row.id, successor: 0 });
}

function hintRow(hint: AssignmentHint & Pick<HintRow, 'from'>, receivedAt: number): HintRow {
  return {
    ...(hint.from === undefined ? {} : { from: hint.from }),
    id: intakeIdOf(hint.eventId),
    kind: hint.kind,
    roleAssignmentId: hint.roleAssignmentId,
    // A time that lies ahead would outrank activations that have not begun yet.
    eventAt: Math.min(hint.eventAt, receivedAt),
    receivedAt,
    nextLook: receivedAt,
    looks: 0,
    outcome: null,
    windowId: null,
    lacks: 0,
  };
}

/** The same as far as we read it; the time of receipt is ours, not the event's. */
function sameHint(one: HintRow, other: HintRow): boolean {
  return (
    one.kind === other.kind &&
    one.roleAssignmentId.toLowerCase() === other.roleAssignmentId.toLowerCase() &&
    (one.eventAt === other.eventAt || one.eventAt === one.receivedAt)
  );
}
