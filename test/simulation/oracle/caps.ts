import { ledgerLosses } from './calm';
import { type History, partsOf, type Stay } from './history';
import type { Activation, Circumstances, Violation } from './judge';

/** No more windows stand at once, of one person and in all, than policy allows. */
export function capFaults(
  { stays }: Pick<History, 'stays'>,
  activations: readonly Activation[],
  circumstances: Circumstances,
): Violation[] {
  const { caps } = circumstances.plan;
  // Of what a lost ledger knew nobody can count anything.
  if (ledgerLosses(circumstances).length > 0) return [];
  const own = stays.filter(({ by, properties }) => by === 'app' && properties.access === 'Allow');
  const personOf = new Map(activations.map((one) => [one.windowId, one.principalId]));
  return own.flatMap(({ fromMs, name }) => {
    const ids = new Set(own.filter((stay) => standsAt(stay, fromMs)).map((stay) => idOf(stay)));
    const person = personOf.get(idOf({ name }));
    const ofPerson = [...ids].filter((id) => personOf.get(id) === person);
    const found: Violation[] = [];
    const add = (what: string): void => {
      found.push({ invariant: 'caps hold', what: `${name}: ${what}`, atMs: fromMs });
    };
    if (ids.size > caps.windows) add(`one of ${ids.size} windows, ${caps.windows} are allowed`);
    if (ofPerson.length > caps.windowsPerPerson) {
      add(`one of ${ofPerson.length} of a person, ${caps.windowsPerPerson} are allowed`);
    }
    return found;
  });
}

function idOf({ name }: Pick<Stay, 'name'>): string {
  return partsOf(name)?.windowId ?? '';
}

function standsAt({ fromMs, toMs }: Stay, atMs: number): boolean {
  return fromMs <= atMs && (toMs ?? Number.POSITIVE_INFINITY) > atMs;
}

/** May a cap have kept this activation out? Whoever came before it may still have a window. */
export function mayBeCapped(
  { principalId, startMs }: Activation,
  activations: readonly Activation[],
  { plan }: Pick<Circumstances, 'plan'>,
): boolean {
  const before = activations.filter((one) => one.startMs <= startMs);
  const ofPerson = before.filter((one) => one.principalId === principalId);
  const { windows, windowsPerPerson } = plan.caps;
  return before.length > windows || ofPerson.length > windowsPerPerson;
}
