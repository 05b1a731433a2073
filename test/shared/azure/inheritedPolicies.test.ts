import type { PipelineRequest } from '@azure/core-rest-pipeline';
import { type Estate, estateOf, managementGroup, subscriptionId } from '../../../local/estate';
import type { LocalAzure } from '../../../local/localAzure';
import { type NightApp, startNightApp } from '../../support/nightApp';
import { bareVm, nightAzure, outcomesOf, untilOver, vmWrites } from '../../support/nightStage';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';

const subscription = `/subscriptions/${subscriptionId}`;
const group = `/providers/Microsoft.Management/managementGroups/${managementGroup}`;
const place = (scope: string, name: string): string =>
  `${scope}/providers/Microsoft.Authorization/policyAssignments/${name}`;
const vms = [
  { name: 'vm-win', ...bareVm },
  { name: 'vm-lin', ...bareVm, osType: 'Linux' as const },
];
const subnetWays = { 'snet-app': { natGatewayId: `${subscription}/nat`.toLowerCase() } };
const estate = (...policyAssignments: NonNullable<Estate['policyAssignments']>): Estate => ({
  ...estateOf({ vms, subnetWays }),
  policyAssignments,
});
const ofGroup = { id: place(group, 'win'), scope: group, type: 'AADLoginForWindows' as const };

let time: VirtualTime;
let azure: LocalAzure;
let app: NightApp;
let sent: PipelineRequest[];

beforeEach(() => {
  time = installVirtualTime('2026-11-30T02:30:00.000Z');
});
afterEach(() => {
  app.kill();
  azure.close();
  time.uninstall();
});

/** The remediator, whose role is on the subscription: it has none at the management group. */
function begin(whole: Estate): NightApp {
  sent = [];
  azure = nightAzure(whole);
  app = startNightApp(azure, { onAnswer: (request) => sent.push(request) });
  return app;
}

const textOf = ({ body }: PipelineRequest): string => (typeof body === 'string' ? body : '');
const queriesOf = (name: string) =>
  sent
    .filter((request) => textOf(request).includes(`postern:${name} v1`))
    .map((request) => ({
      version: new URL(request.url).searchParams.get('api-version'),
      options: (JSON.parse(textOf(request)) as { options: object }).options,
    }));

describe('a policy of a management group that installs the extension', () => {
  it('keeps the night from its VMs, also where nobody gave the night a role up there', async () => {
    begin(estate(ofGroup));
    await app.startNight();
    await untilOver(time, app.ledger, 'night-20261130');
    expect(await outcomesOf(app.ledger, 'night-20261130')).toEqual({
      'vm-win': 'skipped policyInstalls',
      'vm-lin': 'fixed',
    });
    expect(vmWrites(azure)).toEqual({ 'vm-lin': ['PUT'] });
  });

  it('is asked for with what is inherited; other queries are not', async () => {
    begin(estate(ofGroup));
    const { index } = app.world();
    const policies = await index.listInstallingPolicies();
    expect(policies.map(({ id, scope }) => [id, scope])).toEqual([
      [ofGroup.id.toLowerCase(), subscription],
    ]);
    await index.listDuplicateNames();
    expect(queriesOf('installingPolicies')).toEqual([
      {
        version: '2024-04-01',
        options: {
          $top: 1_000,
          resultFormat: 'objectArray',
          authorizationScopeFilter: 'AtScopeAboveAndBelow',
        },
      },
    ]);
    const [other] = queriesOf('duplicateNames');
    expect(other?.version).toBe('2024-04-01');
    expect(other?.options).not.toHaveProperty('authorizationScopeFilter');
  });

  it('is found behind ten thousand others, page by page', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => ({
      id: place(group, `a-${String(at).padStart(5, '0')}`),
      scope: group,
      type: 'AADSSHLoginForLinux' as const,
    }));
    begin(estate(...many, ofGroup));
    const found = await app.world().index.listInstallingPolicies();
    expect([found.length, found.at(-1)?.id]).toEqual([10_001, ofGroup.id.toLowerCase()]);
    const queries = queriesOf('installingPolicies');
    expect(queries).toHaveLength(11);
    for (const { version, options } of queries) {
      expect(version).toBe('2024-04-01');
      expect(options).toHaveProperty('authorizationScopeFilter');
    }
  });

  it('is found once, and leaves to the night what it leaves out', async () => {
    const rest = { ...ofGroup, notScopes: [`${subscription}/resourceGroups/RG-app`] };
    begin(estate(rest));
    await app.startNight();
    await untilOver(time, app.ledger, 'night-20261130');
    expect(await outcomesOf(app.ledger, 'night-20261130')).toEqual({
      'vm-win': 'fixed',
      'vm-lin': 'fixed',
    });
    expect(await app.world().index.listInstallingPolicies()).toHaveLength(1);
  });
});
