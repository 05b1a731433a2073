import type { VirtualMachineSeed } from '../../estate';
import { subscriptionOf } from './armPath';
import type { GraphIndex, MachineOrder } from './graphIndex';
import { idAt, placeOf } from './graphIndex';
import type { GraphPages, GraphQuery, GraphRow } from './graphQueries';
import { listAfter, unescaped } from './graphText';

/** The rows that one VM adds, in order of `id`; by GUID there is one, which has it as `vmGuid`. */
type RowsOfVm = (vm: VirtualMachineSeed) => GraphRow[];

/**
 * Pages over the VMs that a query wants and its caller may see. Each page looks its place up in the
 * sorted ones and goes on from there; only the first one goes through them all, to count.
 */
export function machinePages(
  index: GraphIndex,
  order: MachineOrder,
  isWanted: (vm: VirtualMachineSeed) => boolean,
  { countOf, rowsOf }: { countOf: (vm: VirtualMachineSeed) => number; rowsOf: RowsOfVm },
): GraphPages {
  const { vms } = index;
  const vmAt = (place: string): VirtualMachineSeed | undefined => {
    const vm = vms.get(idAt(place, order));
    return vm !== undefined && isWanted(vm) ? vm : undefined;
  };
  const placeIn = (row: GraphRow): string => {
    const id = String(row['id']);
    return order === 'guid' ? placeOf(String(row['vmGuid']), id) : id;
  };
  return {
    count: () => {
      let total = 0;
      for (const vm of vms.values()) if (isWanted(vm)) total += countOf(vm);
      return total;
    },
    after: (place, top) => {
      const places = index.sortedVms(order);
      const rows: GraphRow[] = [];
      let last = place;
      for (let at = placeBefore(places, place); at < places.length; at++) {
        const vm = vmAt(places[at] ?? '');
        for (const row of vm === undefined ? [] : rowsOf(vm)) {
          if (placeIn(row) <= place) continue;
          if (rows.length === top) return { rows, next: last };
          rows.push(row);
          last = placeIn(row);
        }
      }
      return { rows };
    },
  };
}

/** The last place that is not after this one; its VM may have rows on both sides of it. */
function placeBefore(places: readonly string[], place: string): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? '') <= place) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

const text = String.raw`'(?:[^'\\]|\\.)*'`;
const placeForm = String.raw`id\s+(?:startswith|=~)\s+${text}`;
const placeLine = new RegExp(
  String.raw`^\s*\|\s*where\s+(${placeForm}(?:\s+or\s+${placeForm})*)\s*$`,
  'im',
);

/**
 * What the optional lines of a query want: `| where id startswith '…' or id =~ '…'`, any number of
 * either, and `| where subscriptionId in~ ('…')`. KQL's `startswith` looks neither at case nor at
 * segments.
 */
export function wantedPlaces(query: GraphQuery): ((id: string) => boolean) | { invalid: string } {
  const line = placeLine.exec(query.text)?.[1];
  if (line === undefined && /\bid\s+startswith\b/i.test(query.text)) {
    return { invalid: "the line of 'id startswith' is not of the form that is known here" };
  }
  const found = [...(line ?? '').matchAll(/(startswith|=~)\s+'((?:[^'\\]|\\.)*)'/gi)];
  const places = found.map(([, how = '', inner = '']) => ({
    isWhole: how === '=~',
    place: unescaped(inner).toLowerCase(),
  }));
  const subscriptions = listAfter('subscriptionId', query.text);
  return (id) => {
    const lower = id.toLowerCase();
    if (subscriptions !== undefined && !subscriptions.has(subscriptionOf(lower))) return false;
    if (line === undefined) return true;
    return places.some(({ isWhole, place: at }) => (isWhole ? lower === at : lower.startsWith(at)));
  };
}
