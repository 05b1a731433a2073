import type { ArmId } from '../domain/armId';

/** The name of a management group by its id; `null` for everything else. */
export function managementGroupOf({ subscriptionId, providers }: ArmId): string | null {
  const [provider, ...more] = providers;
  const [segment, ...deeper] = provider?.segments ?? [];
  const isGroup =
    subscriptionId === '' &&
    more.length === 0 &&
    deeper.length === 0 &&
    provider?.namespace.toLowerCase() === 'microsoft.management' &&
    segment?.type.toLowerCase() === 'managementgroups';
  return isGroup ? segment.name : null;
}
