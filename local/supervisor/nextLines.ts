import type { LocalPlatform } from './platform';

/** What to try next: lines that work as printed, in any shell. */
export function nextLines(platform: LocalPlatform): string[] {
  const { ports } = platform;
  const control = `http://127.0.0.1:${ports.control}`;
  const api = `http://127.0.0.1:${ports.functions}/api`;
  const key = `-H "x-functions-key: ${platform.functionKey}"`;
  return [
    '',
    'It stays up. Try, in another terminal:',
    '',
    '  # Ben activates for four minutes, look ten seconds later, deactivate early, look again',
    `  curl -s -X POST "${control}/pim/activate?person=ben@contoso.com&minutes=4"`,
    `  curl -s -H "x-local-persona: ben" ${api}/windows`,
    `  curl -s -X POST "${control}/pim/deactivate?person=ben@contoso.com"`,
    '',
    '  # what PIM, the app and the network say',
    `  curl -s ${control}/pim/activations`,
    `  curl -s ${key} ${api}/health`,
    `  curl -s ${control}/network`,
    '',
    '  # would its VM be ready for Entra login? Ben may ask; a dry run, and what it came to',
    `  curl -s -X POST -H "x-local-persona: ben" -H "Idempotency-Key: night-1" ${api}/remediations -d '{"reason":"Looking"}'`,
    `  curl -s -H "x-local-persona: ben" ${api}/remediations`,
    '',
    `  # kill the Functions host in mid-window: it is process ${platform.hostPid()}`,
    `  kill -9 ${platform.hostPid()}`,
    '',
    'Ctrl-C ends everything.',
  ];
}
