import fc from 'fast-check';
import { adaptiveCard } from '../../../../shared/domain/notices/adaptiveCard';
import { noticeKinds, type RefusedAsk } from '../../../../shared/domain/notices/notice';
import { askCard, windowCard } from '../../../../shared/domain/notices/noticeCard';
import { slackMessage } from '../../../../shared/domain/notices/slackMessage';
import { createNoticeSink } from '../../../../local/azure/notices/createNoticeSink';
import type { WindowRow } from '../../../../shared/domain/window/windowRow';
import { grantOf, minute, rowOf, targetOf } from '../../../support/grants';
import { placementOf } from '../../../support/placements';

const start = Date.parse('2026-01-01T10:00:00Z');
const link = 'https://postern.example.org/api/windows/abc';

/** What people have typed into fields of others. */
const hostile = [
  '**bold** _it_ [click](https://evil.example/x) # head',
  '<!channel> <@U123> <https://evil.example|your bank>',
  '<at>Ada</at> <script>alert(1)</script> &amp;',
  "@{variables('x')} {{DATE(2026-01-01,SHORT)}} ${$root.secret}",
  'line\nbreak\r\n\u001B[31mred\u0007 \u202Eright to left',
  'Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.abc AccountKey=c2VjcmV0c2VjcmV0;',
  '\uD800 lone 😀😀😀😀',
  'x'.repeat(10_000),
  '"}],"type":"Action.Submit","x":[{"',
];

function rowWith(text: string): WindowRow {
  const grant = grantOf({ now: start } as never, {
    person: { objectId: 'id', name: text, mail: text },
    reason: text,
    ticket: text,
    policyRule: text,
    targets: Array.from({ length: 40 }, () => ({ ...targetOf('vm'), name: text })),
  });
  const placement = placementOf({ phase: 'open', openedAt: start, lastPutAt: start });
  const refused = { vmId: `/x/${text}`, code: 'locked', rule: text, next: text };
  const refusals = Array.from({ length: 40 }, () => refused);
  const row = rowOf({ now: start } as never, grant);
  return { ...row, placements: Array.from({ length: 40 }, () => placement), refusals };
}

function askWith(text: string): RefusedAsk {
  return {
    at: start,
    personId: 'id',
    personName: text,
    vms: [text, text],
    reason: text,
    ticket: text,
    refusal: { code: 'noActiveRole', rule: text, next: text },
    targets: [{ vmId: text, code: 'locked', rule: text, next: text }],
    mutedBefore: 3,
  };
}

describe('a card of hostile texts', () => {
  const cards = hostile.flatMap((text) => [
    windowCard(rowWith(text), 'opened', start + minute),
    askCard(askWith(text)),
  ]);

  it.each(cards)('$title is taken by Teams and Slack, whatever stands in it', async (card) => {
    const sink = createNoticeSink(1);
    const urls = sink.environment('https://localhost:1');
    const post = (url: string | undefined, body: object) =>
      sink.handle({
        method: 'POST',
        url: url ?? '',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const teams = await post(urls['NOTICES_TEAMS_URL'], adaptiveCard(card, link));
    const slack = await post(urls['NOTICES_SLACK_URL'], slackMessage(card, link));
    expect([teams?.status, slack?.status]).toEqual([202, 200]);
  });

  it.each(cards)('$title has one link, ours, and one line for each thing', (card) => {
    for (const text of [adaptiveCard(card, link), slackMessage(card, link)]) {
      const json = JSON.stringify(text);
      const links = [...json.matchAll(/https?:\/\/[^"|>]+/g)].map(([one]) => one);
      const known = links.filter((one) => !one.startsWith('http://adaptivecards.io/'));
      expect(known).toEqual([link]);
      expect(json).not.toMatch(/\\u001b|\\r|‮|eyJhb|c2VjcmV0|\{\{|\$\{/);
    }
  });

  it('keeps texts of others out of whatever reads markdown', () => {
    for (const card of cards) {
      const blocks = valuesOf(adaptiveCard(card, link)).filter(({ type }) => type === 'TextBlock');
      expect(blocks.map(({ text }) => text)).toEqual([card.title]);
      const marked = valuesOf(slackMessage(card, link)).filter(({ type }) => type === 'mrkdwn');
      expect(marked.map(({ text }) => text)).toEqual([`<${link}|The whole story>`]);
    }
  });

  it('wakes nobody in Slack', () => {
    for (const card of cards) {
      const texts = valuesOf(slackMessage(card, link)).filter(({ type }) => type === 'plain_text');
      for (const { text } of texts) expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
    }
  });

  it('of any text fits the limits of both', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const card = windowCard(rowWith(text), 'closed', start + minute);
        const bytes = Buffer.byteLength(JSON.stringify(adaptiveCard(card, link)));
        const { blocks } = slackMessage(card, link) as { blocks: object[] };
        return bytes < 20_000 && blocks.length <= 50 && JSON.stringify(blocks).length < 13_000;
      }),
      { numRuns: 200 },
    );
  });
});

describe('a card', () => {
  it('shows the whole window: who, where, from where, until when, and who decided', () => {
    const row = rowWith('Ada');
    const lines = Object.fromEntries(windowCard(row, 'opened', start).lines);
    expect(lines).toMatchObject({
      Person: 'Ada',
      Ports: 'tcp/22, tcp/3389',
      From: '203.0.113.10/32, address of the activation request',
      'Decided by': 'rule Ada of policy v1, on an activation in PIM',
      Activation: expect.stringContaining('role 1c0163c0') as unknown,
      Deadline: expect.stringMatching(/^2026-01-01 1\d:\d\d:\d\dZ$/) as unknown,
      'Closing begins': expect.stringMatching(/^2026-01-01/) as unknown,
    });
    expect(lines['Machines']).toContain('and 32 more');
  });

  it('says when each rule was proved gone, and by how much it was late', () => {
    const row = rowWith('Ada');
    const deadline = row.wantedUntil;
    const gone = { phase: 'closed' as const, goneAt: deadline + 5_000, closedAt: deadline + 9_000 };
    const placements = [placementOf({ ...gone, openedAt: start, lastPutAt: start })];
    const over = { ...row, placements, concludedAt: deadline + 9_000, closeReason: null };
    const lines = windowCard({ ...over, refusals: [] }, 'overrun', deadline + minute).lines;
    const rule = lines.find(([label]) => label.startsWith('Rule in'))?.[1];
    expect(rule).toMatch(/read as gone .*proved .*; 5 s past the deadline$/);
  });

  it('has a title for each notice, in words of our own', () => {
    const row = rowWith('hostile');
    const titles = noticeKinds.map((kind) => windowCard(row, kind, start).title);
    expect(new Set(titles).size).toBe(noticeKinds.length - 1);
    expect(titles.join()).not.toContain('hostile');
  });

  it('claims a proof only where rules stood and were read as gone', () => {
    const row = { ...rowWith('Ada'), concludedAt: start, refusals: [] };
    const title = (changes: Parameters<typeof placementOf>[0]) =>
      windowCard({ ...row, placements: [placementOf(changes)] }, 'closed', start).title;
    const gone = { phase: 'closed' as const, closedAt: start, lastPutAt: start };
    expect(title({ ...gone, closedKind: 'deleted' })).toMatch(/is closed, and proved to be$/);
    expect(title({ ...gone, closedKind: 'nsgGone' })).toMatch(/group of it is gone$/);
    expect(title({ phase: 'closed', lastPutAt: null })).toMatch(/ended without opening$/);
  });

  it('counts minutes from when it is sent, not from when it was due', () => {
    const row = rowWith('Ada');
    const closing = row.wantedUntil - row.grant.limits.guardMs;
    const title = (beforeMs: number) => windowCard(row, 'closingIn10', closing - beforeMs).title;
    expect(title(10 * minute)).toMatch(/in 10 minutes$/);
    expect(title(7 * minute + 10_000)).toMatch(/in 7 minutes$/);
    expect(title(5_000)).toMatch(/in 1 minute$/);
  });
});

type Node = Record<string, unknown>;

/** Every object in a message. */
function valuesOf(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : [value as Node];
  return [...own, ...Object.values(value).flatMap(valuesOf)];
}
