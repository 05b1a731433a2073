import type { BastionFacts } from '../../../../../shared/domain/connect/facts';
import { bastion, bastionPrefix, windowsVm } from '../../../../support/connecting';
import { denyAll, factsOn, nsgRule, readyOf } from '../../../../support/readiness';
import { linuxCandidate } from '../../../../support/candidates';

const seen = (bastions: readonly BastionFacts[]) => ({
  index: { facts: { bastions, machine: windowsVm() } },
});

describe('the Bastion of a VM', () => {
  it.each<[string, Partial<BastionFacts>, RegExp]>([
    ['is of too small a SKU', { sku: 'Basic' }, /SKU Basic/],
    ['takes no native clients', { tunneling: false }, /native client support/],
    ['is not ready', { state: 'Failed' }, /not ready/],
  ])('%s', (_what, changes, what) => {
    expect(factsOn('bastion', seen([bastion(changes)]))[0]).toMatchObject({
      state: 'missing',
      what: expect.stringMatching(what) as string,
    });
  });

  it('is none in another network, and then nothing is said of its subnet', () => {
    const elsewhere = seen([bastion({ vnetId: '/elsewhere' })]);
    expect(factsOn('bastion', elsewhere)[0]?.what).toContain('No Bastion leads here');
    expect(factsOn('bastionSubnet', elsewhere)).toEqual([]);
  });

  it('is not reached by a name that another one has as well', () => {
    const twin = bastion({
      id: bastion().id.replace('rg-hub', 'rg-other'),
      vnetId: '/x',
      prefixes: ['10.99.0.0/26'],
    });
    expect(factsOn('bastionToVm', seen([twin, bastion()]))[0]?.state).toBe('ok');
  });
});

describe('the NSGs between a Bastion and a VM', () => {
  it('name what the subnet of the Bastion denies', () => {
    const ownNsg = { facts: { id: '/x/nsg-bastion', rules: [denyAll] } };
    const [fact] = factsOn('bastionSubnet', { ownNsg });
    expect(fact).toMatchObject({ state: 'missing' });
    expect(fact?.what).toMatch(
      /^NSG nsg-bastion on the subnet of Bastion bas-hub denies: https from/,
    );
  });

  it.each([
    [{ facts: null }, 'ok'],
    [{ unknown: 'AuthorizationFailed' }, 'unknown'],
    [null, 'unknown'],
  ])('of its own are %j: %s', (ownNsg, state) => {
    expect(factsOn('bastionSubnet', { ownNsg })[0]?.state).toBe(state);
  });

  const letIn = (changes: object) => nsgRule({ sources: [bastionPrefix], ...changes });

  it.each([
    ['by its prefix', [letIn({ destinationPorts: ['3389'] }), denyAll], 'ok'],
    ['by the network', [nsgRule({ sources: ['VirtualNetwork'] }), denyAll], 'ok'],
    ['not by another port', [letIn({ destinationPorts: ['22'] }), denyAll], 'missing'],
    ['not by a part of the prefix', [letIn({ sources: ['10.9.0.0/27'] }), denyAll], 'missing'],
    ['not below a deny', [letIn({}), nsgRule({ priority: 50, access: 'Deny' })], 'missing'],
  ])('let it in %s', (_what, rules, state) => {
    const targetNsgs = { facts: [{ id: '/x/nsg-app', rules }] };
    expect(factsOn('bastionToVm', { targetNsgs })[0]?.state).toBe(state);
  });

  it('have all to let it in, and none there lets everything in', () => {
    const open = { id: '/x/open', rules: [nsgRule({})] };
    const closed = { id: '/x/closed', rules: [denyAll] };
    const [fact] = factsOn('bastionToVm', { targetNsgs: { facts: [open, closed] } });
    expect(fact?.what).toContain('in closed.');
    expect(factsOn('bastionToVm', { targetNsgs: { facts: [] } })[0]?.state).toBe('ok');
  });

  it('are asked for port 22 where the VM runs Linux', () => {
    const machine = { facts: linuxCandidate() };
    const targetNsgs = {
      facts: [{ id: '/x/nsg', rules: [letIn({ destinationPorts: ['3389'] }), denyAll] }],
    };
    const facts = readyOf({ machine, candidate: machine, targetNsgs }).facts;
    expect(facts.find(({ part }) => part === 'bastionToVm')?.what).toContain('Port 22 is not open');
  });
});
