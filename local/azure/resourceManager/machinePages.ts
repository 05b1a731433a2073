import type { VirtualMachineSeed } from '../../estate';
import { subscriptionOf } from './armPath';
import type { GraphIndex } from './graphIndex';
import type { GraphPages, GraphQuery, GraphRow } from './graphQueries';
import { listAfter, unescaped } from './graphText';

/** The rows that one VM adds, in order of `id`. */
type RowsOfVm = (vm: VirtualMachineSeed) => GraphRow[];

/**
 * Pages over the VMs that a query wants and its caller may see. Each page looks its place up in the
 * sorted ids and goes on from there; only the first one goes through them all, to count.
 */
export function machinePages(
  index: GraphIndex,
  suffix: '' | '/',
  isWanted: (vm: VirtualMachineSeed) => boolean,
  { countOf, rowsOf }: { countOf: (vm: VirtualMachineSeed) => number; rowsOf: RowsOfVm },
): GraphPages {
  const { vms } = index;
  const vmAt = (key: string): VirtualMachineSeed | undefined => {
    const vm = vms.get((suffix === '' ? key : key.slice(0, -1)).toLowerCase());
    return vm !== undefined && isWanted(vm) ? vm : undefined;
  };
  return {
    count: () => {
      let total = 0;
      for (const vm of vms.values()) if (isWanted(vm)) total += countOf(vm);
      return total;
    },
    after: (id, top) => {
      const keys = index.sortedVmIds(suffix);
      const rows: GraphRow[] = [];
      for (let at = placeBefore(keys, id); at < keys.length; at++) {
        const vm = vmAt(keys[at] ?? '');
        for (const row of vm === undefined ? [] : rowsOf(vm)) {
          if (String(row['id']) <= id) continue;
          if (rows.length === top) return { rows, next: String(rows.at(-1)?.['id']) };
          rows.push(row);
        }
      }
      return { rows };
    },
  };
}

/** The last key that is not after `id`, whose VM may have rows on both sides of it. */
function placeBefore(keys: readonly string[], id: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') <= id) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

const text = String.raw`'(?:[^'\\]|\\.)*'`;
const place = String.raw`id\s+(?:startswith|=~)\s+${text}`;
const placeLine = new RegExp(
  String.raw`^\s*\|\s*where\s+(${place}(?:\s+or\s+${place})*)\s*$`,
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
