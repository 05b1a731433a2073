import type { PortSet } from '../grant';
import { parsePortRange } from '../portRange';

/** More ports than these get no line of their own. */
const listedMax = 10;

/** Does the window let TCP to this port through? */
export function letsIn(portSets: readonly PortSet[], port: number): boolean {
  return tcpRanges(portSets).some(({ from, to }) => from <= port && port <= to);
}

/** The TCP ports of the window, ascending; of a wide range only its first ones. */
export function tcpPorts(portSets: readonly PortSet[]): number[] {
  const ports = new Set<number>();
  for (const { from, to } of tcpRanges(portSets)) {
    const last = Math.min(to, from + listedMax - 1);
    for (let port = from; port <= last; port++) ports.add(port);
  }
  return [...ports].sort((one, other) => one - other).slice(0, listedMax);
}

/** The ports of the window as people write them: `tcp/22, tcp/3389`. */
export function portTexts(portSets: readonly PortSet[]): string[] {
  return portSets.flatMap(({ protocol, ports }) =>
    ports.map((port) => `${protocol === '*' ? 'any' : protocol.toLowerCase()}/${port}`),
  );
}

function tcpRanges(portSets: readonly PortSet[]) {
  return portSets
    .filter(({ protocol }) => protocol !== 'Udp')
    .flatMap(({ ports }) => ports.flatMap((port) => parsePortRange(port) ?? []));
}
