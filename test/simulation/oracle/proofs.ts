import type { SecurityRuleProperties } from '../../../local/azure/resourceManager/securityRule';
import { sendMs, settleMs } from '../units';
import { type History, type Line, mayLand, type NsgLook, pathOf } from './history';
import type { Circumstances, Violation } from './judge';

/**
 * What is called open or closed was read so: an NSG in rest, shown to the app before it said so,
 * with a rule of that name that has its effect, or without one; for closed by a read begun when no
 * PUT could land any more.
 * Whether it was true is for others to judge: here it is whether anybody could know.
 */
export function proofFaults(
  history: Pick<History, 'lines' | 'looks' | 'puts'>,
  { afflictions }: Pick<Circumstances, 'afflictions'>,
): Violation[] {
  // By a clock that leaps nobody can tell how long ago a PUT was.
  const isTimed = !afflictions.some(({ group }) => group === 'clock');
  return history.lines.flatMap((line) => {
    const { event, kind } = line.fields;
    if (event === 'rule.open') return unproved(history, line, 'open', 0);
    if (event !== 'rule.closed' || kind === 'neverPut' || kind === 'nsgGone') return [];
    return unproved(history, line, 'closed', isTimed ? settledMs(history, line) : 0);
  });
}

function unproved(
  { looks }: Pick<History, 'looks'>,
  { atMs, fields }: Line,
  called: 'open' | 'closed',
  fromMs: number,
): Violation[] {
  const rule = String(fields['rule']).toLowerCase();
  const nsgId = String(fields['nsgId']).toLowerCase();
  const isProof = (look: NsgLook): boolean =>
    look.nsgId === nsgId &&
    look.fromMs >= fromMs &&
    look.toMs <= atMs &&
    shows(look, rule) === (called === 'open');
  if (looks.some(isProof)) return [];
  const what = `${rule} was called ${called}, and no read of ${nsgId} at rest had shown it`;
  return [{ invariant: 'proof is a read', what, atMs }];
}

/** When no PUT for this rule could land any more; one that was refused never could. */
function settledMs({ puts }: Pick<History, 'puts'>, { atMs, fields }: Line): number {
  const path = pathOf({ nsgId: String(fields['nsgId']), name: String(fields['rule']) });
  const sent = puts.filter((put) => put.path === path && put.atMs <= atMs && mayLand(put));
  return Math.max(0, ...sent.map((put) => put.atMs + settleMs - sendMs));
}

type ShownRule = {
  readonly name: string;
  readonly properties: Partial<SecurityRuleProperties>;
};
type Shown = {
  readonly properties?: {
    readonly provisioningState?: string;
    readonly securityRules?: readonly ShownRule[];
  };
};

/**
 * Does it show a rule of this name that has its effect? `null`: an NSG in the middle of a change shows
 * nothing, and neither does one with a Deny for everything above the rule.
 */
function shows({ body }: NsgLook, name: string): boolean | null {
  const read = parsed(body);
  if (read?.properties?.provisioningState !== 'Succeeded') return null;
  const rules = read.properties.securityRules ?? [];
  const rule = rules.find((one) => one.name.toLowerCase() === name);
  if (rule === undefined) return false;
  return rules.some((one) => deniesAllAbove(one, rule)) ? null : true;
}

function deniesAllAbove({ properties: one }: ShownRule, { properties }: ShownRule): boolean {
  return (
    one.access === 'Deny' &&
    one.direction === 'Inbound' &&
    one.protocol === '*' &&
    one.sourceAddressPrefix === '*' &&
    one.destinationAddressPrefix === '*' &&
    one.destinationPortRange === '*' &&
    (one.priority ?? 0) < (properties.priority ?? 0)
  );
}

/** A body that was cut off on its way shows nothing either. */
function parsed(body: string): Shown | null {
  try {
    return JSON.parse(body) as Shown;
  } catch {
    return null;
  }
}
