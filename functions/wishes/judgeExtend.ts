import { refusal, type Refusal } from '../../shared/domain/refusal';
import { activationBehind } from '../../shared/domain/grant';
import { ceilingOf, isRefused } from '../../shared/domain/window/ceiling';
import { withLaterEnd } from '../../shared/domain/window/extendRow';
import { isNewer, type WindowRow } from '../../shared/domain/window/windowRow';
import { wishExtend } from '../../shared/domain/window/wishExtend';
import type { World } from '../../shared/ports/world';
import { groundsOf } from '../../shared/groundsOf';
import { unfounded } from '../../shared/domain/window/unfounded';
import { vouchFor } from '../activities/intake/vouchFor';
import { nowOfWorld } from '../../shared/nowOfWorld';
import { signingRefusal } from '../activities/window/signingRefusal';
import { readActivationEnd } from './readActivationEnd';

type ExtendingWorld = Pick<
  World,
  'ledger' | 'clock' | 'log' | 'opening' | 'directory' | 'budget' | 'deployment' | 'verifier'
>;

/** The row with the wish in it, the row itself where it is wished already, or why not. */
export type JudgedExtend = WindowRow | { readonly refused: Refusal };

/** The last moment that a date can hold. */
const latestDate = 8.64e15;

/** Judges a row: again and again, as it is each time. Pure but for the clock. */
export type JudgeExtend = (row: WindowRow) => JudgedExtend;

/**
 * Learns what an extend of this window to `until` (epoch ms) depends on, and answers how rows of it
 * are judged by that. The end of the activation is the one that holds now: PIM is asked, unless the
 * extend is refused whatever it says. Throws `Fault` where an end later than the row's would be
 * needed and nobody can be asked, or the ledger cannot be reached.
 */
export async function extendJudge(
  world: ExtendingWorld,
  row: WindowRow,
  until: number,
): Promise<JudgeExtend> {
  // Where the heartbeat cannot be read the wish waits in the row, as an opening would.
  const signing = await signingRefusal(world);
  const unsigned = signing === 'later' ? null : signing;
  const by = (endAt: number | null) => (one: WindowRow) =>
    judge(world, one, until, unsigned, endAt);
  const activation = activationBehind(row.grant.origin);
  // A group claim has no end that could be asked for: policy alone ends it.
  if (activation === null) return by(latestDate);
  const known = activation.endAt;
  if (isNewer(row)) return by(known);
  const atBest = by(latestDate)(row);
  if ('refused' in atBest || atBest === row) return by(known);
  const end = await readActivationEnd(world, row);
  if ('endAt' in end) return by(end.endAt);
  if (until > known) throw end.unknown;
  // Before the PUT leaves, the activation is confirmed in any case, for as long as is wished.
  return by(known);
}

function judge(
  world: ExtendingWorld,
  row: WindowRow,
  until: number,
  unsigned: Refusal | null,
  endAt: number | null,
): JudgedExtend {
  const { clock, opening } = world;
  const now = nowOfWorld({ clock });
  if (!('policy' in opening)) return { refused: refusal('openingsDisabled') };
  const ceiling = ceilingOf(opening.policy, row, now);
  if (isRefused(ceiling)) return { refused: ceiling };
  // What is refused whatever PIM says is not refused for what PIM said some time ago.
  const atBest = wishExtend(row, until, { ...ceiling, activationEndAt: latestDate }, now);
  if ('code' in atBest) return { refused: atBest };
  const wished = wishExtend(row, until, { ...ceiling, activationEndAt: endAt ?? 0 }, now);
  if ('code' in wished) {
    const isGone = endAt === null && wished.code === 'extendPastActivation';
    return { refused: isGone ? refusal('extendNotActive') : wished };
  }
  if (wished === row) return row;
  if (unsigned !== null) return { refused: unsigned };
  // What was vouched for ends sooner: only a row that is what was signed is signed again.
  const reason = unfounded(row, groundsOf(world), now);
  if (reason !== null) {
    return { refused: refusal(reason === 'voucherInvalid' ? reason : 'approvalStale') };
  }
  const known = withLaterEnd(wished, endAt ?? 0);
  return row.voucher === undefined ? known : vouchFor(world, known);
}
