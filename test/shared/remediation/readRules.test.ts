import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRules } from '../../../shared/remediation/readRules';

const subscription = '/subscriptions/11111111-1111-4111-8111-111111111111';
const faultsIn = (text: string): readonly string[] => {
  const read = readRules(text);
  return 'faults' in read ? read.faults : [];
};

describe('the rules of the remediation', () => {
  it('are safe where the file says nothing but the scopes', () => {
    expect(readRules(`scopes: [${subscription.toUpperCase()}]`)).toEqual({
      rules: {
        scopes: [subscription],
        optOutTags: [{ name: 'postern-remediation', value: 'off' }],
        keepIdentitiesTag: { name: 'postern-system-identity', value: 'allow' },
        domainJoined: { tags: [], scopes: [] },
        windowsList: 'older',
        defaultOutbound: 'refuse',
        intune: false,
        firstNight: 'dryRun',
        keepRunsDays: 90,
      },
    });
  });

  it('are in order in the sample', () => {
    const sample = readFileSync(join(__dirname, '..', '..', '..', 'remediation.yaml'), 'utf8');
    expect(readRules(sample)).toMatchObject({
      rules: { domainJoined: { tags: [{ name: 'domain-joined' }] }, firstNight: 'dryRun' },
    });
  });

  it('take tags as people write them', () => {
    const text = `scopes: [${subscription}]\noptOutTags: [Owner, a=b=c, "x="]`;
    expect(readRules(text)).toMatchObject({
      rules: {
        optOutTags: [{ name: 'Owner' }, { name: 'a', value: 'b=c' }, { name: 'x', value: '' }],
      },
    });
  });

  it.each([
    ['no scope', 'scopes: []', 'line 1, column 9: scopes:'],
    [
      'a scope that is none',
      'scopes: [all]',
      'line 1, column 10: scopes.0: is not the id of a scope',
    ],
    [
      'management groups beside others',
      `scopes: [${subscription}, /providers/Microsoft.Management/managementGroups/mg]`,
      'holds management groups beside other scopes',
    ],
    [
      'a word that is no choice',
      `scopes: [${subscription}]\nfirstNight: soon`,
      'line 2, column 13',
    ],
    ['runs kept for no time', `scopes: [${subscription}]\nkeepRunsDays: 0`, 'line 2, column 15'],
    ['a key that nobody knows', `scopes: [${subscription}]\nforce: true`, 'force'],
    ['a tag without a name', `scopes: [${subscription}]\noptOutTags: ["=x"]`, 'is not a tag'],
    ['no YAML', 'scopes: [', 'line 1'],
    ['nothing', '', 'line 1'],
  ])('refuse %s, and say where', (_, text, said) => {
    expect(faultsIn(text).join('\n')).toContain(said);
  });
});
