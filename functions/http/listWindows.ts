import type { HttpHandler } from '@azure/functions';
import { problem } from '../../shared/contract/problem';
import { windowView } from '../../shared/contract/windowView';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { World } from '../../shared/ports/world';
import { answering, json } from './answer';

/** Closed and refused windows are told newest first, up to here. */
const pastMax = 200;

/** `GET /api/windows`: the windows that live; with `?all=true` those of the past as well. */
export function listWindows(world: Pick<World, 'ledger' | 'log'>): HttpHandler {
  return answering(world, async ({ query }) => {
    const unknown = [...query.keys()].filter((key) => key !== 'all' && key !== 'code');
    const all = query.get('all') ?? 'false';
    if (unknown.length > 0 || (all !== 'true' && all !== 'false')) {
      return problem(
        'badQuery',
        'The query is not understood.',
        'Ask for /api/windows, or for /api/windows?all=true.',
      );
    }
    const rows = all === 'true' ? await everyWindow(world) : await livingWindows(world);
    const windows = rows.sort((one, other) => other.createdAt - one.createdAt).map(windowView);
    return json({ windows });
  });
}

/** The live table is small and always holds more than what lives; it is what tells what to read. */
async function livingWindows({ ledger }: Pick<World, 'ledger'>): Promise<WindowRow[]> {
  const live = (await ledger.live.list()).filter(({ row }) => row.kind === 'window');
  const stored = await Promise.all(live.map(({ row }) => ledger.windows.get(row.id)));
  return stored.flatMap((one) => (one !== null && one.row.concludedAt === null ? [one.row] : []));
}

async function everyWindow({ ledger }: Pick<World, 'ledger'>): Promise<WindowRow[]> {
  const rows = (await ledger.windows.list()).map(({ row }) => row);
  const living = rows.filter(({ concludedAt }) => concludedAt === null);
  const past = rows
    .filter(({ concludedAt }) => concludedAt !== null)
    .sort((one, other) => (other.concludedAt ?? 0) - (one.concludedAt ?? 0));
  return [...living, ...past.slice(0, pastMax)];
}
