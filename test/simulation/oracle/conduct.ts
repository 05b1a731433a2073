import type { SecurityRuleProperties } from '../../../local/azure/resourceManager/securityRule';
import { limits } from '../policies';
import { everybody, secondAddress } from '../people';
import { type History, ownRulePath, type Written } from './history';
import type { Activation, Circumstances, Violation } from './judge';
import { isGoneWhenClosed, isShutWhenClosed, staysShut } from './closed';
import { deadlineOf } from './overrun';
import { isGranted } from './requested';

/** What the app did to the estate: paths, foreign bytes, the shape of rules, windows it had no right to. */
export function conductFaults(
  history: History,
  activations: readonly Activation[],
  circumstances: Circumstances,
): Violation[] {
  const own = history.writes.filter(({ by }) => by === 'app');
  const machines = addressesOf(history);
  return [
    ...own
      .filter(({ path }) => !ownRulePath.test(path))
      .map((write) => fault('stray write', `${write.method} ${write.path}`, write)),
    ...history.foreignChanges.map((what) => ({
      invariant: 'foreign bytes',
      what,
      atMs: circumstances.endMs,
    })),
    ...own.flatMap((write) => {
      const activation = activations.find(({ windowId }) => write.path.includes(windowId));
      const lastMs = activation === undefined ? 0 : deadlineOf(activation, history, circumstances);
      const told = activation && isToldAlone(history, activation) ? [secondAddress] : [];
      return shapeFaults(write, activation, lastMs, { machines, told });
    }),
    ...isGoneWhenClosed(history, circumstances),
    ...isShutWhenClosed(history, circumstances),
    ...staysShut(history, circumstances),
  ];
}

function fault(invariant: string, what: string, { atMs }: Pick<Written, 'atMs'>): Violation {
  return { invariant, what, atMs };
}

/**
 * Whoever holds the key of the door can tell an address for a request that stands, and is believed
 * where nobody says otherwise: until the request's own event is taken, or where no window waited.
 */
function isToldAlone({ lines, taken }: History, { windowId, requestName }: Activation): boolean {
  const named = `/${requestName.toLowerCase()}`;
  const said = lines.find(
    ({ fields }) => fields['event'] === 'window.granted' && fields['windowId'] === windowId,
  );
  const own = taken.find(({ resource }) => resource.endsWith(named));
  return own === undefined || said === undefined || said.atMs <= own.atMs;
}

/** Addresses that the machines ever had, by the ids of VMs in lower case. */
function addressesOf({ addresses }: History): Map<string, string[]> {
  const ever = new Map<string, string[]>();
  for (const { held } of addresses) {
    for (const [vmId, own] of held) ever.set(vmId, [...(ever.get(vmId) ?? []), ...own]);
  }
  return ever;
}

/** Addresses that a rule may lead to, and from where besides those of its person. */
type Known = {
  readonly machines: ReadonlyMap<string, readonly string[]>;
  readonly told: readonly string[];
};

const marker = /^postern1\|(\d{1,11})\|\d+\|[A-Za-z0-9_-]{86}$/;

function shapeFaults(
  write: Written,
  activation: Activation | undefined,
  deadlineMs: number,
  { machines, told }: Known,
): Violation[] {
  const { properties, method, status, path, outcome } = write;
  // What was superseded or failed never stood: its record shows what stood in its place.
  if (method !== 'PUT' || status >= 300 || properties === null) return [];
  if (outcome === 'canceled' || outcome === 'failed') return [];
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (activation === undefined) {
    return [fault('one window per activation', `${name} belongs to no activation`, write)];
  }
  const { request } = activation;
  const allowed = [...machines]
    .filter(([id]) => isGranted(activation, id))
    .flatMap(([, addresses]) => addresses);
  const allowedPorts: readonly string[] = request?.ports ?? limits.ports;
  const until = Number(marker.exec(properties.description ?? '')?.[1] ?? Number.NaN) * 1_000;
  const wrong: [boolean, string][] = [
    [isSourceOf(properties, activation, told), 'sources'],
    [isAll(to(properties), (one) => allowed.includes(bare(one))), 'destinations'],
    [isAll(ports(properties), (one) => allowedPorts.includes(one)), 'ports'],
    [properties.access === 'Allow' || properties.access === 'Deny', 'access'],
    [properties.direction === 'Inbound', 'direction'],
    [isInBand(properties) || isDisarmed(write), 'priority'],
    [name.length <= 80 && (properties.description ?? '').length <= 140, 'length'],
    [until <= deadlineMs, 'marker'],
  ];
  return wrong
    .filter(([isRight]) => !isRight)
    .map(([, what]) => {
      const isGrowth = what === 'marker';
      const invariant = isGrowth ? 'deadline never grows' : 'rule shape';
      return fault(invariant, `${name}: ${what} ${JSON.stringify(properties)}`, write);
    });
}

const isInBand = ({ priority }: SecurityRuleProperties): boolean =>
  priority >= limits.band.from && priority <= limits.band.to;

/** What only a lock keeps in place becomes a Deny where it stands, wherever others have moved it. */
const isDisarmed = ({ properties, existed }: Written): boolean =>
  existed && properties?.access === 'Deny';

const bare = (prefix: string): string => prefix.replace(/\/(?:32|128)$/, '');

function isAll(items: readonly string[], isRight: (item: string) => boolean): boolean {
  return items.length > 0 && items.every(isRight);
}

function isSourceOf(
  properties: SecurityRuleProperties,
  { principalId, request }: Activation,
  told: readonly string[],
): boolean {
  const person = everybody.find(({ objectId }) => objectId === principalId);
  // Whoever calls is let in from where the platform saw them, whatever they say.
  const own = request === undefined ? [person?.address, ...told] : request.sources;
  const known = [...own, bare(limits.range)];
  return isAll(from(properties), (one) => known.includes(bare(one)));
}

const listed = (one: string | undefined, many: readonly string[] = []): string[] => [
  ...(one === undefined || one === '' ? [] : [one]),
  ...many,
];
const from = (rule: SecurityRuleProperties): string[] =>
  listed(rule.sourceAddressPrefix, rule.sourceAddressPrefixes);
const to = (rule: SecurityRuleProperties): string[] =>
  listed(rule.destinationAddressPrefix, rule.destinationAddressPrefixes);
const ports = (rule: SecurityRuleProperties): string[] =>
  listed(rule.destinationPortRange, rule.destinationPortRanges);
