import { people as always } from '../../local/tenant';
import type { Principal } from '../../local/azure/pim/types';

export type Person = { readonly name: string; readonly objectId: string; readonly address: string };

const known: Principal[] = Array.from({ length: 12 }, (_item, at) => ({
  objectId: `33333333-3333-4333-8333-3333333334${String(at).padStart(2, '0')}`,
  type: 'User',
  displayName: `Person ${at + 1} Example`,
  upn: `person${at + 1}@contoso.com`,
  ipAddress: `203.0.113.${30 + at}`,
}));

/** Somebody of whom no event ever tells an address; no seed draws them. */
const unknown: Principal = {
  objectId: '33333333-3333-4333-8333-333333333499',
  type: 'User',
  displayName: 'Person Nowhere Example',
  upn: 'nowhere@contoso.com',
};

/** Those who join the tenant for a run, beside the two who always live there. */
export const newcomers: Principal[] = [...known, unknown];

/** Everybody who activates something, in a fixed order. */
export const everybody: readonly Person[] = [...Object.values(always), ...newcomers].map(
  ({ objectId, upn, ipAddress }) => ({
    name: upn ?? objectId,
    objectId,
    address: ipAddress ?? '',
  }),
);

/** Where nobody is: of a request that does not exist, and of one that has another already. */
export const forgedAddress = '203.0.113.221';
export const secondAddress = '203.0.113.222';

/** The number of the person without an address. */
export const nowhere = everybody.length - 1;
