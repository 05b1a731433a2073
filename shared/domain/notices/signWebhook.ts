import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

/**
 * The key of a webhook's secret: `whsec_` and base64 of 24 to 64 bytes; `null` for anything else
 * (github.com/standard-webhooks/standard-webhooks, "Signature scheme").
 */
export function webhookKey(secret: string): Buffer | null {
  if (!secret.startsWith(prefix)) return null;
  const text = secret.slice(prefix.length);
  const key = Buffer.from(text, 'base64');
  const isWhole = key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
  return isWhole && key.length >= 24 && key.length <= 64 ? key : null;
}

/**
 * Headers by which a receiver knows sender, content and time: HMAC-SHA256 over id, time (epoch
 * seconds) and body. Whoever receives refuses what is older than five minutes, and ids it has seen.
 */
export function signWebhook(
  key: Buffer,
  { id, atMs, body }: { readonly id: string; readonly atMs: number; readonly body: string },
): Record<string, string> {
  const seconds = `${Math.floor(atMs / 1_000)}`;
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${signature}`,
  };
}
