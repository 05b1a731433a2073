import { windowQuery, type WindowQuery } from '../../shared/contract/windowQuery';
import { problem } from '../../shared/contract/problem';
import { windowView } from '../../shared/contract/windowView';
import { windowPhase } from '../../shared/domain/window/phase';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { World } from '../../shared/ports/world';
import { eachOf } from '../activities/window/eachOf';
import { accessOf } from './access';
import { json } from './answer';
import type { CallerHandler } from './asCaller';

/** Closed and refused windows are told newest first, up to here. */
const pastMax = 2_000;

/**
 * `GET /api/windows`: the windows that live, of those that the caller owns, administers or audits;
 * with `all=true` those of the past as well. Newest first, a page at a time.
 */
export function listWindows(world: World): CallerHandler {
  return async ({ url }, caller) => {
    // The host's own reading of the query keeps one of a parameter that stands twice.
    const query = new URL(url).searchParams;
    const asked = windowQuery(query);
    if ('detail' in asked) {
      return problem('badQuery', 'The query is not understood.', asked.detail);
    }
    const rows = await rowsFor(world, asked);
    const meant = rows.filter((row) => isMeant(row, asked)).sort(byAge);
    const { of, isWhole } = await accessOf(world, caller).standings(meant);
    const seen = meant.filter((row) => of(row) !== 'stranger');
    const from = asked.after === null ? 0 : seen.findIndex((row) => isAfter(row, asked.after));
    const page = from === -1 ? [] : seen.slice(from, from + asked.limit);
    const last = page.at(-1);
    const more = last !== undefined && seen.at(-1) !== last;
    return json({
      windows: page.map(windowView),
      next: more && last !== undefined ? nextLink(query, last) : null,
      // False: Resource Manager was not to be asked, so windows of others may be missing.
      isWhole,
    });
  };
}

async function rowsFor(world: World, { all, review }: WindowQuery): Promise<WindowRow[]> {
  if (review !== null) return unreviewed(world);
  return all ? everyWindow(world) : livingWindows(world);
}

/** Windows whose glass was broken, living or past, that nobody has looked into yet. */
async function unreviewed({ ledger }: Pick<World, 'ledger'>): Promise<WindowRow[]> {
  const open = (await ledger.reviews.list()).filter(({ row }) => row.closed === null);
  const rows: WindowRow[] = [];
  await eachOf(open, readWidth, async ({ row: { id } }) => {
    const stored = await ledger.windows.get(id);
    if (stored !== null) rows.push(stored.row);
  });
  return rows;
}

/** The live table is small and always holds more than what lives; it is what tells what to read. */
export async function livingWindows({ ledger }: Pick<World, 'ledger'>): Promise<WindowRow[]> {
  const live = (await ledger.live.list()).filter(
    ({ row }) => row.kind === 'window' || row.kind === 'waiting',
  );
  const rows: WindowRow[] = [];
  await eachOf(live, readWidth, async ({ row: { id } }) => {
    const stored = await ledger.windows.get(id);
    if (stored !== null && stored.row.concludedAt === null) rows.push(stored.row);
  });
  return rows;
}

const readWidth = 32;

async function everyWindow({ ledger }: Pick<World, 'ledger'>): Promise<WindowRow[]> {
  const rows = (await ledger.windows.list()).map(({ row }) => row);
  const living = rows.filter(({ concludedAt }) => concludedAt === null);
  const past = rows
    .filter(({ concludedAt }) => concludedAt !== null)
    .sort((one, other) => (other.concludedAt ?? 0) - (one.concludedAt ?? 0));
  return [...living, ...past.slice(0, pastMax)];
}

function isMeant(row: WindowRow, { state, person, vm, since, before }: WindowQuery): boolean {
  const { grant, createdAt } = row;
  return (
    (state === null || windowPhase(row) === state) &&
    (person === null || grant.person.objectId.toLowerCase() === person) &&
    (vm === null || grant.targets.some((target) => isVm(target, vm))) &&
    (since === null || createdAt >= since) &&
    (before === null || createdAt < before)
  );
}

function isVm({ vmId, name }: { readonly vmId: string; readonly name: string }, vm: string) {
  return vmId.toLowerCase() === vm || name.toLowerCase() === vm;
}

function byAge(one: WindowRow, other: WindowRow): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1);
}

function isAfter(row: WindowRow, after: WindowQuery['after']): boolean {
  if (after === null) return true;
  return row.createdAt < after.at || (row.createdAt === after.at && row.id > after.id);
}

function nextLink(query: URLSearchParams, { createdAt, id }: WindowRow): string {
  const next = new URLSearchParams(query);
  next.set('after', `${createdAt}.${id}`);
  return `/api/windows?${next.toString()}`;
}
