import { app } from '@azure/functions';
import { createLogin } from '../../../local/azure/login/createLogin';
import { newSigningKey } from '../../../local/azure/login/signing';
import { tenantId } from '../../../local/estate';
import type { HttpAnswer, LogRecord } from '../../../local/functions';
import { colleagues, groups, localPassword, people, postern } from '../../../local/tenant';
import { signInAt } from '../../support/signInAt';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';
import { startStory, type Story } from './story';

/** An app behind App Service authentication, and a sign-in of two people for it. */
export const origin = 'https://localhost:10143';
export const key = newSigningKey();
export const ada = personOf(people.ada);
export const olga = personOf(colleagues.olga);

export const login = createLogin({
  tenantId,
  origin,
  apis: [postern],
  signingKey: key,
  identities: [
    { caller: ada, secret: localPassword, person: { displayName: 'Ada Example', groups: [] } },
    {
      caller: olga,
      secret: localPassword,
      person: { displayName: 'Olga Ünï', groups: [groups['on-call'].objectId, 'g2'] },
    },
  ],
});

/** What the app got to see, and what the host said. */
export const stage = {
  seen: [] as { headers: Record<string, string>; user: unknown }[],
  log: [] as LogRecord[],
  story: undefined as Story | undefined,
};

for (const [name, authLevel] of [
  ['look', 'anonymous'],
  ['health', 'function'],
  ['ready', 'anonymous'],
] as const) {
  app.http(name, {
    authLevel,
    handler: (request) => {
      stage.seen.push({ headers: Object.fromEntries(request.headers), user: request.user });
      return { body: 'seen' };
    },
  });
}
app.eventGrid('received', { handler: () => undefined });

/** Settings that turn it on. */
export const on = {
  WEBSITE_AUTH_ENABLED: 'True',
  API_TENANT_ID: tenantId,
  API_CLIENT_ID: postern.clientId,
  LOGIN_ENDPOINT: origin,
};

/** Virtual time around each test of a file, and an empty stage before it. */
export function setStage(): { time: () => VirtualTime } {
  let time: VirtualTime;
  beforeEach(() => {
    time = installVirtualTime();
    stage.seen = [];
    stage.log = [];
  });
  afterEach(() => {
    stage.story?.host.kill();
    stage.story = undefined;
    time.uninstall();
  });
  return { time: () => time };
}

/** Starts a host with these settings; answers how to GET from it. */
export async function begin(
  values: Record<string, string> = on,
  signIn = signInAt(login),
): Promise<(url: string, headers?: Record<string, string>) => Promise<HttpAnswer>> {
  const log = (record: LogRecord): number => stage.log.push(record);
  const { host } = (stage.story = await startStory({ settings: { values }, signIn, log }));
  return (url, headers = {}) => host.http({ method: 'GET', url, headers });
}

/** A token of Ada for the app's API. */
export const good = (): string => login.issueToken(ada, { audience: postern.clientId }).token;

export const text = ({ body }: HttpAnswer): string => Buffer.from(body).toString('utf8');

function personOf({ objectId, upn }: { objectId: string; upn: string }) {
  return { objectId, name: upn, kind: 'person' as const };
}
