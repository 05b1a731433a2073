import { localAccountPolicies } from '../../../shared/domain/remediation/readiness/localAccountPolicies';
import { localAccountPolicy } from '../../support/readiness';
import type { Reply } from './stubArm';
import { factsOf, stubArm, vmId } from './stubArm';

type Query = { query: string; options: { $top: number; $skipToken?: string } };

const definitions = '/providers/Microsoft.Authorization/policyDefinitions';
const windows = 'f79fef0d-0050-4c18-a303-5babb9c14ac7';
const row = (changes: object = {}) => ({
  id: `${vmId}/providers/microsoft.policyinsights/policystates/0`,
  vmId,
  definitionId: `${definitions}/${windows}`,
  state: 'NonCompliant',
  ...changes,
});
const page = (data: unknown[], more: object = {}): Reply => ({
  status: 200,
  body: { totalRecords: data.length, count: data.length, resultTruncated: 'false', data, ...more },
});

async function asked(reply: Reply, id: string | null = vmId, token: string | null = null) {
  const stub = stubArm(() => reply);
  const answer = await stub.world.inventory.listLocalAccounts(id, token);
  const queries = stub.sent.map(({ body }) => body as Query);
  return { answer, queries, query: queries[0]?.query ?? '' };
}

describe('what policy says of local accounts', () => {
  it('is asked by name, for the definitions that are known, of one VM', async () => {
    const { queries, query } = await asked(page([]));
    expect(query).toMatch(/^\/\/ postern:localAccounts v1\npolicyresources\n/);
    for (const { id } of localAccountPolicies.definitions) {
      expect(query).toContain(`policydefinitions/${id}'`);
    }
    expect(query).toContain(`| where vmId in~ ('${vmId}')\n`);
    expect(query).toMatch(/\| project id, .*\n\| order by id asc$/);
    expect([queries.length, queries[0]?.options.$top]).toEqual([1, 1_000]);
  });

  it('is as short a text for an estate, which is read page by page', async () => {
    const { answer, queries, query } = await asked(page([row()], { $skipToken: 'b' }), null, 'a');
    expect(query).not.toContain('where vmId');
    expect(query.length).toBeLessThan(2_000);
    expect(queries[0]?.options.$skipToken).toBe('a');
    expect(answer.next).toBe('b');
  });

  it.each([
    ['Compliant', 'compliant'],
    ['NonCompliant', 'nonCompliant'],
    ['noncompliant', 'nonCompliant'],
    ['Exempt', 'exempt'],
    ['Conflict', 'unknown'],
    ['Unknown', 'unknown'],
    ['Error', 'unknown'],
    ['', 'unknown'],
    [null, 'unknown'],
    ['constructor', 'unknown'],
  ])('calls %j %s', async (state, compliance) => {
    const changes = { state, vmId: vmId.toUpperCase(), definitionId: row().definitionId };
    const { answer } = await asked(page([row(changes)]));
    expect(answer.rows).toEqual([
      { vmId: vmId.toLowerCase(), policy: localAccountPolicy(windows), compliance },
    ]);
  });

  it('is read in whatever case Policy wrote the definition', async () => {
    const definitionId = `${definitions}/${windows}`.toUpperCase();
    const { answer } = await asked(page([row({ definitionId })]));
    expect(answer.rows[0]?.policy.id).toBe(windows);
  });

  it.each<[what: string, reply: Reply]>([
    ['of a definition that nobody asked for', page([row({ definitionId: '/d/other' })])],
    ['without a definition', page([row({ definitionId: null })])],
    ['without a VM', page([row({ vmId: '' })])],
    ['that is a text', page([row(), 'row'])],
    ['and more that no token leads to', page([row()], { resultTruncated: 'true' })],
    ['and the same token once more', page([row()], { $skipToken: 'a' })],
  ])('is a fault, and never half an answer, for a row %s', async (_what, reply) => {
    expect(await factsOf(asked(reply, null, 'a'))).toMatchObject({ kind: 'unavailable' });
  });

  it.each(["vm-1'", `${vmId}' or 1==1`, '', '/subscriptions/x'])(
    'is not asked of %j, which is no id',
    async (id) => {
      expect(await factsOf(asked(page([]), id))).toMatchObject({ kind: 'invalid' });
    },
  );
});
