import { begin, setStage, stage } from './easyAuthStage';

setStage();

describe('the address of the caller', () => {
  const v4 = { address: '203.0.113.7', port: 5_000 };
  it.each([
    ['nothing sent', {}, v4, '203.0.113.7:5000'],
    ['IPv6', {}, { address: '2001:db8::1', port: 5_000 }, '[2001:db8::1]:5000'],
    ['a hop', { 'X-Forwarded-For': '10.0.0.1' }, v4, '10.0.0.1, 203.0.113.7:5000'],
    ['an empty one', { 'x-forwarded-for': '' }, v4, '203.0.113.7:5000'],
    [
      'a list',
      { 'x-forwarded-for': '1.1.1.1, 2.2.2.2:80,[::1]:9' },
      v4,
      '1.1.1.1, 2.2.2.2:80,[::1]:9, 203.0.113.7:5000',
    ],
    [
      'one that ends in a comma',
      { 'x-forwarded-for': '8.8.8.8,' },
      v4,
      '8.8.8.8,, 203.0.113.7:5000',
    ],
    ['words', { 'x-forwarded-for': 'unknown, "a"' }, v4, 'unknown, "a", 203.0.113.7:5000'],
    ['a pretended one', { 'x-local-address': '198.51.100.4' }, v4, '198.51.100.4:5000'],
    [
      'both',
      { 'X-Local-Address': '2001:db8::2', 'x-forwarded-for': '1.1.1.1' },
      v4,
      '1.1.1.1, [2001:db8::2]:5000',
    ],
  ])('comes last, as the platform writes it: %s', async (_what, headers, peer, expected) => {
    await begin({});
    const url = '/api/look';
    const answer = await stage.story?.host.http({ method: 'GET', url, headers, peer });
    expect(answer?.status).toBe(200);
    expect(stage.seen[0]?.headers['x-forwarded-for']).toBe(expected);
    expect(stage.seen[0]?.headers).not.toHaveProperty('x-local-address');
  });

  it.each([
    '',
    'here',
    '1.2.3',
    '010.0.0.1',
    '1.2.3.4:80',
    '1.2.3.4, 5.6.7.8',
    '::g',
    '1.2.3.4/32',
  ])('is not pretended to be %j', async (address) => {
    const get = await begin();
    const headers = { 'x-local-address': address, 'x-local-persona': 'ada' };
    expect((await get('/api/look', headers)).status).toBe(400);
    expect(stage.seen).toEqual([]);
  });

  it('is there for calls of this process as well', async () => {
    const get = await begin();
    await get('/api/look', { 'x-local-persona': 'ada' });
    expect(stage.seen[0]?.headers['x-forwarded-for']).toMatch(/^127\.0\.0\.1:\d+$/);
  });
});
