import * as fc from 'fast-check';
import type { Candidate } from '../../shared/domain/remediation/candidate';
import type { RemediationRules } from '../../shared/domain/remediation/remediationRules';
import type { PlannedWrite } from '../../shared/domain/remediation/verdict';
import {
  extensionOf,
  imageOf,
  judged,
  linuxCandidate,
  oldExtension,
  reasonOf,
  sshExtension,
  windowsCandidate,
} from '../support/candidates';
import type { Json } from '../support/policyRule';
import { policyCandidates } from '../support/policyCandidates';
import {
  type DefinitionName,
  definitionNames,
  deployedBy,
  identityTypeBy,
  readPolicy,
  strikes,
} from '../support/policyDefinition';

const definitions = Object.fromEntries(
  definitionNames.map((name) => [name, readPolicy(name)]),
) as Record<DefinitionName, ReturnType<typeof readPolicy>>;
const everybody = policyCandidates();
const joinedTag = { domainJoined: { tags: [{ name: 'domain-joined' }], scopes: [] } };

const known = new Map<string, readonly Candidate[]>();

/** Whom a definition strikes among everybody. */
function struckBy(name: DefinitionName, given = {}): readonly Candidate[] {
  const key = `${name} ${JSON.stringify(given)}`;
  const struck =
    known.get(key) ?? everybody.filter((one) => strikes(definitions[name], one, given));
  known.set(key, struck);
  return struck;
}

type Kind = 'identity' | 'login';
const kindOf = (name: DefinitionName): Kind => (name.endsWith('Login') ? 'login' : 'identity');

/** The write that the judge would make first, if it is of the kind that a definition makes. */
function plannedFor(name: DefinitionName, candidate: Candidate, rules = {}): PlannedWrite | null {
  const verdict = judged(candidate, { ...joinedTag, ...rules });
  const [first] = verdict.kind === 'fix' ? verdict.writes : [];
  const isWindows = candidate.osType.toLowerCase() === 'windows';
  if (first === undefined || isWindows !== name.startsWith('windows')) return null;
  if (kindOf(name) === 'login') return first.what === 'extension' ? first : null;
  if (first.what !== 'identity') return null;
  return first.userAssigned.length > 0 === name.endsWith('Beside') ? first : null;
}

const on = { system: true, userAssigned: [] };
const sound = { windows: windowsCandidate, linux: linuxCandidate };
const extension = (publisher: string, type: string) => extensionOf({ name: 'x', publisher, type });

/**
 * What policies cannot see of a VM, or not of its extensions while they look at the VM. There they
 * do what the nightly run would not; the README says so. `hide`: how a policy takes the VM.
 */
const unseen: readonly {
  readonly what: string;
  readonly by: readonly Kind[];
  readonly reason: string;
  readonly os: keyof typeof sound;
  readonly sample: Partial<Candidate>;
  readonly hide: (candidate: Candidate) => Partial<Candidate>;
}[] = [
  {
    what: 'whether it runs',
    by: ['identity', 'login'],
    reason: 'notRunning',
    os: 'windows',
    sample: { power: 'deallocated' },
    hide: () => ({ power: 'running' }),
  },
  {
    what: 'whether its agent answers',
    by: ['identity', 'login'],
    reason: 'agentNotReady',
    os: 'linux',
    sample: { agent: 'notReady' },
    hide: () => ({ agent: 'ready' }),
  },
  {
    what: 'its way to the Internet',
    by: ['identity', 'login'],
    reason: 'noOutboundPath',
    os: 'linux',
    sample: { outbound: 'none' },
    hide: () => ({ outbound: 'explicit' }),
  },
  {
    what: 'what its agent says it runs',
    by: ['identity', 'login'],
    reason: 'osUnsupported',
    os: 'windows',
    sample: { osName: 'Windows Server 2016', osVersion: '10.0.14393' },
    hide: () => ({ osName: '', osVersion: '' }),
  },
  {
    what: 'the plan of an image that a maker of appliances published',
    by: ['identity', 'login'],
    reason: 'appliance',
    os: 'linux',
    sample: { planPublisher: 'fortinet' },
    hide: () => ({ planPublisher: '' }),
  },
  {
    what: 'an extension that joined a domain, while the identity is written',
    by: ['identity'],
    reason: 'domainJoined',
    os: 'windows',
    sample: { extensions: [extension('Microsoft.Compute', 'JsonADDomainExtension')] },
    hide: () => ({ extensions: [] }),
  },
  {
    what: 'an extension of AKS, while the identity is written',
    by: ['identity'],
    reason: 'aksNode',
    os: 'linux',
    sample: { extensions: [extension('Microsoft.AKS', 'Billing')] },
    hide: () => ({ extensions: [] }),
  },
  {
    what: 'an install that is under way, while the identity is written',
    by: ['identity'],
    reason: 'extensionBusy',
    os: 'windows',
    sample: { extensions: [extensionOf({ state: 'Creating' })] },
    hide: () => ({ extensions: [] }),
  },
  {
    what: 'an extension that has failed, while the identity is written',
    by: ['identity'],
    reason: 'failedExtension',
    os: 'linux',
    sample: { extensions: [sshExtension({ state: 'Failed' })] },
    hide: () => ({ extensions: [] }),
  },
  {
    what: 'the old extension for Linux, while the identity is written',
    by: ['identity'],
    reason: 'oldLinuxExtension',
    os: 'linux',
    sample: { extensions: [oldExtension()] },
    hide: () => ({ extensions: [] }),
  },
];

function asSeenBy(name: DefinitionName, candidate: Candidate): Candidate {
  return unseen
    .filter(({ by }) => by.includes(kindOf(name)))
    .reduce((seen, { hide }) => ({ ...seen, ...hide(seen) }), candidate);
}

/** Where the nightly run does more than the policies, and by what a VM of that kind is known. */
const stricter: readonly [string, Candidate, (candidate: Candidate) => boolean][] = [
  [
    'an image that only its agent tells',
    windowsCandidate({ image: { ...imageOf('', '', ''), id: '/galleries/g/images/i' } }),
    ({ image }) => image.publisher === '',
  ],
  [
    'an image whose release the agent corrects',
    windowsCandidate({ image: imageOf('MicrosoftWindowsServer', 'WindowsServer', '2016-x') }),
    (candidate) => judged({ ...candidate, osName: '', osVersion: '' }).kind !== 'fix',
  ],
  [
    'an image that is not listed, although its name tells what it is',
    linuxCandidate({ image: imageOf('RedHat', 'rhel-byos', 'rhel-lvm86-gen2') }),
    ({ image }) => ['rhel-byos', 'preview'].includes(image.offer),
  ],
  [
    'a SKU with the letters "core" in another word',
    windowsCandidate({
      image: imageOf('MicrosoftWindowsServer', 'WindowsServer', '2022-datacenter-score'),
    }),
    ({ image }) => /[a-z]core/i.test(image.sku),
  ],
  [
    'a tag whose value looks like the name of one of AKS',
    linuxCandidate({ tags: { note: 'aks-managed-poolName' } }),
    ({ tags }) => Object.values(tags).some((value) => value.startsWith('aks-managed-')),
  ],
  [
    'an extension that failed under another name or version',
    windowsCandidate({
      identity: on,
      extensions: [extensionOf({ name: 'AADLogin', state: 'Failed' })],
    }),
    ({ extensions }) =>
      extensions.some(({ name, version }) => name === 'AADLogin' || version === '1.0'),
  ],
];

/** For the definitions whose effect is off unless an assignment turns it on: here all are on. */
describe.each(definitionNames)('%s', (name) => {
  it.each<[RemediationRules['windowsList']]>([['older'], ['newer']])(
    'strikes only what the nightly run would write to, as far as a policy sees (%s list)',
    (windowsList) => {
      const given = name.startsWith('windows') ? { windowsList } : {};
      const struck = struckBy(name, given);
      const wrong = struck.filter(
        (one) => plannedFor(name, asSeenBy(name, one), { windowsList }) === null,
      );
      expect(wrong.map((one) => reasonOf(judged(asSeenBy(name, one), joinedTag)))).toEqual([]);
      expect(struck.length).toBeGreaterThan(1);
    },
  );

  it('leaves out nothing else than what the table says', () => {
    const struck = new Set(struckBy(name));
    expect(struck.size).toBeGreaterThan(20);
    const left = everybody.filter((one) => plannedFor(name, one) !== null && !struck.has(one));
    const unexplained = left.filter((one) => !stricter.some(([, , isSo]) => isSo(one)));
    expect(unexplained).toEqual([]);
  });

  it('strikes nobody where the effect is off', () => {
    expect(struckBy(name, { effect: 'Disabled' })).toEqual([]);
  });
});

describe('what a policy cannot see', () => {
  const rows = unseen.flatMap((row) => row.by.map((kind) => ({ ...row, kind })));
  it.each(rows)('$what: $kind', ({ kind, reason, os, sample }) => {
    const identity = kind === 'login' ? on : { system: false, userAssigned: [] };
    const candidate = sound[os]({ identity, ...sample });
    expect(reasonOf(judged(candidate))).toBe(reason);
    const name = `${os}${kind === 'login' ? 'Login' : 'Identity'}` as const;
    expect(strikes(definitions[name], candidate)).toBe(true);
  });
});

describe('where a policy is stricter', () => {
  it.each(stricter)('%s', (_, candidate, isSo) => {
    expect(judged(candidate).kind).toBe('fix');
    expect(isSo(candidate)).toBe(true);
    expect(definitionNames.filter((name) => strikes(definitions[name], candidate))).toEqual([]);
  });
});

describe.each(definitionNames)('each condition of %s', (name) => {
  const definition = definitions[name];
  const { allOf } = definition.policyRule.if as { allOf: Json[] };

  // Only VMs are judged, and each by an API version that knows identities.
  const telling = allOf.flatMap((one, at) => {
    const text = JSON.stringify(one);
    return /^\{"field":"type"|apiVersion/.test(text) ? [] : [[text.slice(0, 90), at] as const];
  });

  it.each(telling)('keeps it from somebody: %s %i', (_, at) => {
    const rest = allOf.filter((_one, other) => other !== at);
    const weaker = {
      ...definition,
      policyRule: { ...definition.policyRule, if: { allOf: rest } },
    };
    const more = everybody.find(
      (one) => strikes(weaker, one) && plannedFor(name, asSeenBy(name, one)) === null,
    );
    expect(more).toBeDefined();
  });
});

describe('what is written', () => {
  it('is the identity that the nightly run would write, and no other is lost', () => {
    for (const name of definitionNames.filter((one) => kindOf(one) === 'identity')) {
      // Only the type is written: the user-assigned ones stay where they are.
      expect(identityTypeBy(definitions[name])).toBe(
        name.endsWith('Beside') ? 'SystemAssigned, UserAssigned' : 'SystemAssigned',
      );
    }
  });

  it.each(['windowsLogin', 'linuxLogin'] as const)(
    'is exactly the extension that the nightly run would write: %s',
    (name) => {
      const struck = struckBy(name);
      for (const candidate of struck) {
        const write = plannedFor(name, asSeenBy(name, candidate));
        if (write?.what !== 'extension') throw new Error('the nightly run writes nothing');
        expect(deployedBy(definitions[name], candidate)).toEqual({
          type: 'Microsoft.Compute/virtualMachines/extensions',
          apiVersion: '2024-07-01',
          name: `${candidate.name}/${write.name}`,
          location: candidate.location,
          properties: {
            publisher: 'Microsoft.Azure.ActiveDirectory',
            type: write.type,
            typeHandlerVersion: write.version,
            autoUpgradeMinorVersion: true,
            ...(write.mdmId === null ? {} : { settings: { mdmId: write.mdmId } }),
          },
        });
      }
      expect(struck.length).toBeGreaterThan(20);
    },
  );

  it('leads from nothing to ready in two steps, identity first', () => {
    for (const os of ['windows', 'linux'] as const) {
      const bare = sound[os]();
      expect(definitionNames.filter((name) => strikes(definitions[name], bare))).toEqual([
        `${os}Identity`,
      ]);
      const named = { ...bare, identity: on };
      expect(definitionNames.filter((name) => strikes(definitions[name], named))).toEqual([
        `${os}Login`,
      ]);
      const extensions = [os === 'windows' ? extensionOf() : sshExtension()];
      const ready = { ...named, extensions };
      expect(definitionNames.filter((name) => strikes(definitions[name], ready))).toEqual([]);
      expect(judged(ready)).toEqual({ kind: 'ready' });
    }
  });
});

describe('the listed images', () => {
  const listed = (name: DefinitionName): string[] =>
    [...JSON.stringify(definitions[name].policyRule.if).matchAll(/"value":\[("[^\]]*)\]/g)].flatMap(
      ([, list]) => JSON.parse(`[${list}]`) as string[],
    );

  it.each(['windows', 'linux'] as const)(
    'are supported whatever stands for the wildcard: %s',
    (os) => {
      const images = listed(`${os}Login`);
      expect(images.length).toBeGreaterThan(30);
      const anything = fc.string({
        unit: fc.constantFrom(...'abcdehilnst0123456789-_.'.split('')),
      });
      fc.assert(
        fc.property(fc.constantFrom(...images), anything, (image, text) => {
          const [publisher = '', offer = '', sku = ''] = image.replace('*', text).split('/');
          const candidate = sound[os]({
            image: imageOf(publisher, offer, sku),
            osName: '',
            osVersion: '',
          });
          const isStruck = strikes(definitions[`${os}Identity`], candidate);
          if (isStruck) expect(reasonOf(judged(candidate))).toBe('fix');
          else expect(sku).toMatch(/core|^$/i);
        }),
        { numRuns: 3_000 },
      );
    },
  );
});
