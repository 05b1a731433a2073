import { isInPrefix } from '../../local/azure/evidence/admits';
import type { WriteRecord } from '../../local/azure/contract';
import type { NamedRule } from '../../local/azure/resourceManager/securityRule';
import type { Estate } from '../../local/estate';

const ownRule = /\/networksecuritygroups\/[^/]+\/securityrules\/postern-[^/]+$/i;
const marker = /^postern1\|\d{1,11}\|\d+\|[A-Za-z0-9_-]{86}$/;

/** What the policy of a story lets rules be. */
export type RuleLimits = {
  ports: readonly string[];
  sources: readonly string[];
  band: { from: number; to: number };
};

/** Every write of an identity of the app, accepted or refused, that is not about a rule of its own. */
export function strayWrites(records: readonly WriteRecord[]): string[] {
  return records
    .filter(({ caller, path }) => caller.kind === 'app' && !ownRule.test(path))
    .map(({ method, path }) => `${method} ${path}`);
}

/**
 * What is wrong with the shape of the rules that were accepted from the app: each lets single known
 * addresses in, through ports of the policy, to addresses of machines, within the band, signed.
 */
export function shapeFaults(
  records: readonly WriteRecord[],
  estate: Estate,
  limits: RuleLimits,
  mayDisarm: boolean,
): string[] {
  const machines = estate.networkInterfaces.flatMap(({ ipConfigurations }) =>
    ipConfigurations.map(({ privateIPAddress }) => privateIPAddress ?? ''),
  );
  return records
    .filter(
      ({ caller, method, status }) => caller.kind === 'app' && method === 'PUT' && status < 300,
    )
    .flatMap(({ after, sequence }) => {
      // What was superseded or failed has left nothing behind to judge.
      if (after === null) return [];
      return faultsOf(after as NamedRule, machines, limits, mayDisarm).map(
        (fault) => `write ${sequence}: ${fault}`,
      );
    });
}

function faultsOf(
  { name, properties }: NamedRule,
  machines: readonly string[],
  { ports, sources, band }: RuleLimits,
  mayDisarm: boolean,
): string[] {
  const listed = (one: string | undefined, many: readonly string[] | undefined): string[] => [
    ...(one === undefined || one === '' ? [] : [one]),
    ...(many ?? []),
  ];
  const from = listed(properties.sourceAddressPrefix, properties.sourceAddressPrefixes);
  const to = listed(properties.destinationAddressPrefix, properties.destinationAddressPrefixes);
  const through = listed(properties.destinationPortRange, properties.destinationPortRanges);
  const { access, direction, priority, description = '' } = properties;
  const rules: [boolean, string][] = [
    [access === 'Allow' || mayDisarm, `access is ${access}`],
    [direction === 'Inbound', `direction is ${direction}`],
    [from.length > 0 && from.every((one) => sources.includes(one)), `sources are ${from.join()}`],
    [isOnly(to, machines), `destinations are ${to.join()}`],
    [through.length > 0 && through.every((one) => ports.includes(one)), `ports: ${through.join()}`],
    [priority >= band.from && priority <= band.to, `priority is ${priority}`],
    [description.length <= 140 && marker.test(description), `description is "${description}"`],
    [name.length <= 80 && name.startsWith('postern-'), `name is ${name}`],
  ];
  return rules.filter(([isRight]) => !isRight).map(([, fault]) => `${name}: ${fault}`);
}

/** Each destination is one address, that of a machine, and there is at least one. */
function isOnly(destinations: readonly string[], machines: readonly string[]): boolean {
  return (
    destinations.length > 0 &&
    destinations.every(
      (prefix) => new Set(machines.filter((address) => isInPrefix(address, prefix))).size === 1,
    )
  );
}
