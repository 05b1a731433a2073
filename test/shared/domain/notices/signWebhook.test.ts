import { signWebhook, webhookKey } from '../../../../shared/domain/notices/signWebhook';

describe('the signature of a webhook', () => {
  // The vector that the libraries of Standard Webhooks are tested with.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    atMs: 1_614_265_330_000,
    body: '{"test": 2432232314}',
  };

  it('is the one that every library of Standard Webhooks expects', () => {
    const key = webhookKey(secret);
    expect(key && signWebhook(key, message)).toEqual({
      'webhook-id': message.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it.each([{ id: 'other' }, { atMs: 1_614_265_331_000 }, { body: '{"test": 2432232315}' }])(
    'is another one for %j',
    (change) => {
      const key = webhookKey(secret) ?? Buffer.alloc(0);
      const signed = (one: typeof message) => signWebhook(key, one)['webhook-signature'];
      expect(signed({ ...message, ...change })).not.toBe(signed(message));
    },
  );

  it.each(['', 'whsec_', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_c2hvcnQ=', 'whsec_a b'])(
    'has no key in %j',
    (text) => {
      expect(webhookKey(text)).toBeNull();
    },
  );

  it('has none in a secret that is too long', () => {
    expect(webhookKey(`whsec_${Buffer.alloc(65).toString('base64')}`)).toBeNull();
    expect(webhookKey(`whsec_${Buffer.alloc(64).toString('base64')}`)).toHaveLength(64);
  });
});
