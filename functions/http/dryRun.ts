import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { problem, type Problem, refusalProblem } from '../../shared/contract/problem';
import { windowView } from '../../shared/contract/windowView';
import { isRefusalCode } from '../../shared/domain/refusal';
import { isExtending } from '../../shared/domain/window/deadline';
import { isBehind } from '../../shared/domain/window/extendStep';
import { isOpenable } from '../../shared/domain/window/phase';
import { extendedRule } from '../../shared/domain/window/signedMarker';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { ArmWrite } from '../../shared/ports/network';
import type { World } from '../../shared/ports/world';
import { planNow } from '../activities/window/planNow';
import { startRun } from '../activities/window/run';
import { json } from './answer';

/** Is this only asked? The problem where the query says something else. */
export function isDryRun({ url }: HttpRequest): boolean | Problem {
  const query = new URL(url).searchParams;
  const keys = [...query.keys()];
  const asked = query.get('dryRun') ?? 'false';
  if (keys.length <= 1 && keys.every((key) => key === 'dryRun')) {
    if (asked === 'true' || asked === 'false') return asked === 'true';
  }
  return problem('badQuery', 'The query is not understood.', 'Leave it out, or say dryRun=true.');
}

/** The answer of the real call, with what it would send to Resource Manager. Nothing was done. */
function dry(row: WindowRow, status: number, calls: readonly ArmWrite[]): HttpResponseInit {
  return json({ ...windowView(row), dryRun: true, calls }, status);
}

/** Plans a window that would be granted: reads all that the real one reads, and writes nothing. */
export async function dryRequest(world: World, granted: WindowRow): Promise<HttpResponseInit> {
  const planned = await planNow(startRun(world, granted.id), granted);
  if ('laterMs' in planned) {
    return problem(
      'unavailable',
      'The network of the VMs cannot be read now; the real call would be granted and try again.',
      'Send it again in a moment.',
    );
  }
  const [refused] = planned.refusals;
  if (planned.placements.length === 0 && refused !== undefined && isRefusalCode(refused.code)) {
    return refusalProblem({ code: refused.code, rule: refused.rule, next: refused.next });
  }
  const calls = await Promise.all(
    planned.placements.map(({ nsgId, rule }) => world.network.describeWrite(nsgId, rule)),
  );
  return dry(planned, 202, calls);
}

/** The PUTs that would extend: the same rules, with the later deadline in their markers. */
export async function dryExtend(world: World, wished: WindowRow): Promise<HttpResponseInit> {
  const { opening, deployment, network } = world;
  if ('faults' in opening) throw new Error('An extend is judged by policy.');
  const behind = wished.placements.filter((one) => isOpenable(one) && isBehind(wished, one));
  const calls = await Promise.all(
    behind.map((placement) => {
      const rule = extendedRule(wished, placement, deployment, opening.signer);
      return network.describeWrite(placement.nsgId, rule);
    }),
  );
  return dry(wished, isExtending(wished) ? 202 : 200, calls);
}

/** The DELETEs that would close: one for each rule that may stand. */
export async function dryClose({ network }: World, row: WindowRow): Promise<HttpResponseInit> {
  const standing = row.placements.filter(
    ({ phase, lastPutAt }) => phase !== 'closed' && phase !== 'gone' && lastPutAt !== null,
  );
  const calls = await Promise.all(
    standing.map(({ nsgId, rule }) => network.describeWrite(nsgId, rule.name)),
  );
  return dry(row, calls.length === 0 ? 200 : 202, calls);
}
