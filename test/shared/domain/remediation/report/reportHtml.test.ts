import { createHash } from 'node:crypto';
import { reportHtml } from '../../../../../shared/domain/remediation/report/reportHtml';
import { endedEntry, vmIdAt } from '../../../../support/nightWorld';
import { openPage } from '../../../../support/fakePage';
import { hostileTexts, reportRun, written } from '../../../../support/reports';

const everything = { outcome: null, reason: null };
const page = (...of: Parameters<typeof reportHtml>) => reportHtml(...of);

/** Ten VMs that are ready, five that do not run, one that failed. */
const some = [
  ...Array.from({ length: 10 }, (_, at) => endedEntry('ready', {}, { vmId: vmIdAt(at) })),
  ...Array.from({ length: 5 }, (_, at) =>
    endedEntry('skipped', { reason: 'notRunning' }, { vmId: vmIdAt(10 + at) }),
  ),
  endedEntry('failed', { reason: 'refused', detail: 'zebra' }, { vmId: vmIdAt(20) }),
];

describe('the report as a page', () => {
  it('shows every VM, and says how many', () => {
    const shown = openPage(written(page(reportRun(), everything), some, { size: 3 }));
    expect(shown.lines()).toHaveLength(16);
    expect(shown.count()).toBe('16 of 16 VMs, page 1 of 1');
    expect(shown.options('outcome')).toEqual(['ready (10)', 'skipped (5)', 'failed (1)']);
    expect(shown.options('reason')).toEqual(['notRunning (5)', 'refused (1)']);
  });

  it('filters by outcome, reason and text, and sorts by a column, up and down', () => {
    const shown = openPage(written(page(reportRun(), everything), some));
    shown.choose('outcome', 'skipped');
    expect(shown.lines()).toHaveLength(5);
    shown.choose('outcome', '');
    shown.choose('reason', 'refused');
    expect(shown.lines().map(([, name]) => name)).toEqual(['vm-20']);
    shown.choose('reason', '');
    shown.choose('search', 'ZEBRA failed');
    expect(shown.lines()).toHaveLength(1);
    shown.choose('search', 'nothing of the kind');
    expect([shown.lines(), shown.count()]).toEqual([[], '0 of 16 VMs, page 1 of 1']);
    shown.choose('search', '');
    shown.sortBy(0);
    expect(shown.lines()[0]?.[0]).toBe('failed');
    shown.sortBy(0);
    expect(shown.lines()[0]?.[0]).toBe('skipped');
  });

  it('shows a hundred of fifty thousand at a time, each of them reachable', () => {
    const many = Array.from({ length: 50_000 }, (_, at) =>
      endedEntry('skipped', { reason: 'notRunning' }, { vmId: vmIdAt(at) }),
    );
    const html = written(page(reportRun(), everything), many);
    // A machine of its own takes an id, and little more.
    expect(html.length).toBeLessThan(50_000 * 250);
    const shown = openPage(html);
    expect(shown.lines()).toHaveLength(100);
    expect(shown.count()).toBe('50000 of 50000 VMs, page 1 of 500');
    shown.press('before');
    expect(shown.lines()[0]?.[1]).toBe('vm-0');
    shown.press('after');
    expect(shown.lines()[0]?.[1]).toBe('vm-100');
    shown.choose('search', 'vm-49999');
    expect(shown.lines().map(([, name]) => name)).toEqual(['vm-49999']);
  });

  it('runs its own script and nothing else, and asks for nothing from anywhere', () => {
    const html = written(page(reportRun(), everything), some);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    const allowed = policy.replaceAll('&#39;', "'");
    for (const [element, directive] of [
      ['script', 'script-src'],
      ['style', 'style-src'],
    ] as const) {
      const text = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(html)?.[1] ?? '';
      const hash = createHash('sha256').update(text).digest('base64');
      expect(allowed).toContain(`${directive} 'sha256-${hash}'`);
    }
    expect(allowed).toContain("default-src 'none'");
    expect(html).not.toMatch(/\b(?:src|href|action|style|on\w+)=/i);
    expect(html).not.toMatch(/https?:\/\//);
  });

  it('says out loud that Owner and Contributor do not log in, and what the run came to', () => {
    const html = written(page(reportRun({ dryRun: true }), everything), []);
    expect(html).toContain('Owner and Contributor do not log in');
    expect(html).toContain('2 found: 1 ready, 1 fixed, 0 would be fixed');
    expect(html).toContain('none: a dry run');
  });

  it('says where VMs are missing, and what it was narrowed to', () => {
    const filter = { outcome: 'failed', reason: 'refused' } as const;
    const html = written(page(reportRun(), filter), some, { isWhole: false });
    expect(html).toContain('Not the whole run');
    expect(html).toContain('<dt>Only</dt><dd>failed, refused</dd>');
    expect(written(page(reportRun(), everything), some)).not.toContain('Not the whole run');
  });

  it.each(hostileTexts)('shows text, and never markup: %j', (text) => {
    const error = { status: 400, code: text, message: text };
    const entry = endedEntry('failed', { detail: text, error }, { location: text });
    const run = reportRun({ id: text, reason: text, scopes: [text], trouble: text });
    const html = written(page(run, everything), [entry]);
    const tags = [...html.matchAll(/<\/?([a-z]+)/gi)].map(([tag]) => tag);
    const plain = written(page(reportRun({ ...run, ...harmless }), everything), [
      endedEntry('failed'),
    ]);
    expect(tags).toEqual([...plain.matchAll(/<\/?([a-z]+)/gi)].map(([tag]) => tag));
    const shown = openPage(html);
    expect(shown.markupWrites()).toBe(0);
    expect(shown.lines()).toHaveLength(1);
  });
});

const harmless = { id: 'a', reason: 'a', scopes: ['a'], trouble: 'a' };
