import { formatArmId, parseArmId } from '../../../shared/domain/armId';
import { groupBy } from '../../../shared/domain/group';
import { isPassing, type ReadEach, type Readings } from './patientReads';

/** From so many resources of one group on, one list is asked for instead of each of them. */
const togetherMin = 3;

/**
 * Reads resources by id, several of one resource group by its list. A list that lacks one, or that
 * we may not read, says nothing of it: it is read by itself. One that fails for now is a fault of
 * each of its resources, since asking for each would only add to the trouble.
 */
export async function readTogether<Value extends { readonly id: string }>(
  readEach: ReadEach,
  ids: readonly string[],
  list: (groupId: string) => Promise<readonly Value[] | null>,
  read: (id: string) => Promise<Value | null>,
): Promise<Readings<Value>> {
  const wanted = new Map(ids.map((id) => [id.toLowerCase(), id]));
  const byGroup = groupBy([...wanted.values()], (id) => resourceGroupOf(id).toLowerCase());
  const groups = [...byGroup].filter(
    ([groupId, members]) => groupId !== '' && members.length >= togetherMin,
  );
  const lists = await readEach(
    groups.map(([, [first = '']]) => resourceGroupOf(first)),
    list,
  );
  const readings: Readings<Value> = new Map();
  for (const [groupId, members] of groups) {
    const answer = lists.get(groupId) ?? { kind: 'missing' };
    if (isPassing(answer)) {
      for (const id of members) readings.set(id.toLowerCase(), answer);
    } else if (answer.kind === 'ok') {
      for (const value of answer.value) {
        const key = value.id.toLowerCase();
        if (wanted.has(key)) readings.set(key, { kind: 'ok', value });
      }
    }
  }
  const alone = [...wanted].flatMap(([key, id]) => (readings.has(key) ? [] : [id]));
  return new Map([...readings, ...(await readEach(alone, read))]);
}

/** The id of the resource group that a resource is in; `''` for what is in none. */
export function resourceGroupOf(id: string): string {
  const parsed = parseArmId(id);
  return parsed === null || parsed.resourceGroup === ''
    ? ''
    : formatArmId({ ...parsed, providers: [] });
}
