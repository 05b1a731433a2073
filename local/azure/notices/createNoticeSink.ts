import { createHash } from 'node:crypto';
import type { ArmRequest, ArmResponse } from '../contract';
import { answer, isJson, judges } from './judges';
import type { NoticeSink, Received, SinkFault, SinkName, SinkSecrets } from './types';

const pathForm = /^\/notices\/(teams|slack|webhook|topic)(?:\/|$)/;
const slowMs = 60_000;
const retryAfterSeconds = 30;
/** What each says when it has taken a message. */
const taken: Record<SinkName, ArmResponse> = {
  teams: answer(202),
  slack: { status: 200, headers: { 'content-type': 'text/html' }, body: 'ok' },
  webhook: answer(204),
  topic: answer(200),
};

/**
 * Takes what an app tells people, by the rules of the real services, and remembers it. `seed`: its
 * secrets follow from it, so that a run can be repeated.
 */
export function createNoticeSink(seed: number): NoticeSink {
  const secrets = secretsOf(seed);
  const faults = new Map<SinkName, SinkFault>();
  const received: Received[] = [];
  const listeners: ((message: Received) => void)[] = [];
  const note = (sink: SinkName, request: ArmRequest, status: number, title: string): void => {
    const { headers, body = '' } = request;
    const message = { at: Date.now(), sink, status, headers, body, title };
    received.push(message);
    for (const listener of listeners) listener(message);
  };
  return {
    received,
    onReceived: (listener) => {
      listeners.push(listener);
    },
    use: (sink, fault) => {
      if (fault === null) faults.delete(sink);
      else faults.set(sink, fault);
    },
    environment: (origin) => ({
      NOTICES_TEAMS_URL: `${origin}/notices/teams/workflows/1?api-version=1&sig=${secrets.teams}`,
      NOTICES_SLACK_URL: `${origin}/notices/slack/services/T1/B1/${secrets.slack}`,
      NOTICES_WEBHOOK_URL: `${origin}/notices/webhook/hook`,
      NOTICES_WEBHOOK_SECRET: secrets.webhook,
      NOTICES_TOPIC_ENDPOINT: `${origin}/notices/topic/api/events`,
      NOTICES_TOPIC_KEY: secrets.topic,
    }),
    handle: async (request) => {
      const sink = pathForm.exec(new URL(request.url).pathname)?.[1] as SinkName | undefined;
      if (sink === undefined) return undefined;
      const disturbed = await disturb(faults.get(sink));
      if (disturbed !== null) {
        note(sink, request, disturbed.status, '');
        if (disturbed.status > 0) return disturbed;
        throw Object.assign(new Error('The connection was reset.'), { code: 'ECONNRESET' });
      }
      const judged = isJson(request)
        ? judges[sink](request, secrets)
        : { refused: answer(415, '{"error":{"code":"UnsupportedMediaType"}}') };
      if ('refused' in judged) {
        note(sink, request, judged.refused.status, '');
        return judged.refused;
      }
      note(sink, request, taken[sink].status, judged.title);
      return taken[sink];
    },
  };
}

/** What a disturbed service answers; status 0: nothing. `null`: what it would have answered anyway. */
async function disturb(fault: SinkFault | undefined): Promise<ArmResponse | null> {
  switch (fault) {
    case undefined:
      return null;
    case 'down':
      return answer(0);
    case 'slow':
      await new Promise((resolve) => {
        setTimeout(resolve, slowMs);
      });
      return answer(504, '{}');
    case 'throttled':
      return answer(429, '{}', { 'retry-after': `${retryAfterSeconds}` });
    case 'error':
      return answer(500, '{}');
    case 'redirect':
      return answer(307, '{}', { location: 'https://elsewhere.example/taken' });
    case 'refused':
      return answer(400, '{}');
  }
}

function secretsOf(seed: number): SinkSecrets {
  const of = (name: string): Buffer => createHash('sha256').update(`${name} ${seed}`).digest();
  return {
    teams: of('teams').toString('base64url'),
    slack: of('slack').toString('hex').slice(0, 24),
    webhook: `whsec_${of('webhook').toString('base64')}`,
    topic: of('topic').toString('base64'),
  };
}
