import { isIP } from 'node:net';
import { Ending, exitCodes } from './ending';

/** What every verb takes besides its own. */
export type CommonFlags = {
  readonly url?: string;
  readonly apiScope?: string;
  readonly deviceCode?: boolean;
  readonly as?: string;
  readonly from?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
};

/** Where the API is and who calls. */
export type Settings = {
  /** Without a slash at its end. */
  readonly base: string;
  /** `null`: no token, this machine's own host takes the caller for somebody. */
  readonly scope: string | null;
  readonly deviceCode: boolean;
  /** Headers that only the host of this machine heeds. */
  readonly headers: Readonly<Record<string, string>>;
};

const usualUrl = 'http://127.0.0.1:7071';
const thisMachine = ['127.0.0.1', 'localhost', '[::1]'];

/** Reads flags and environment. Throws an `Ending` that says what is wrong. */
export function readSettings(
  flags: CommonFlags,
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const url = urlOf(flags.url ?? setOr(env['POSTERN_URL'], usualUrl));
  const isHere = thisMachine.includes(url.hostname);
  if (url.protocol !== 'https:' && !isHere) {
    throw wrong('POSTERN_URL must begin with https:// for anything but this machine.');
  }
  const scope = flags.apiScope ?? setOr(env['POSTERN_SCOPE'], '');
  if (scope === '' && !isHere) {
    throw wrong('POSTERN_SCOPE is not set: it is api://<client id of the API>/.default.');
  }
  if (scope !== '' && !/^[\x21-\x7e]{1,300}$/.test(scope)) {
    throw wrong('POSTERN_SCOPE is api://<client id of the API>/.default.');
  }
  return {
    base: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    scope: scope === '' ? null : scope,
    deviceCode: flags.deviceCode ?? false,
    headers: localHeaders(flags, isHere, scope !== ''),
  };
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw wrong('POSTERN_URL is an address such as https://postern.example.');
  }
  // A name and password in it would end up in logs; the rest would be lost silently.
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw wrong('POSTERN_URL holds no name, password, query or fragment.');
  }
  return url;
}

function localHeaders({ as, from }: CommonFlags, isHere: boolean, hasToken: boolean) {
  if ((as !== undefined || from !== undefined) && !isHere) {
    throw wrong('--as and --from mean something to the host of this machine alone.');
  }
  if (as !== undefined && hasToken) {
    throw wrong('With POSTERN_SCOPE the token says who calls: leave out --as.');
  }
  if (as !== undefined && !/^[a-z]{1,20}$/.test(as)) throw wrong('--as takes a name such as ada.');
  if (from !== undefined && isIP(from) === 0) throw wrong('--from takes an IP address.');
  return {
    ...(as === undefined ? {} : { 'x-local-persona': as }),
    ...(from === undefined ? {} : { 'x-local-address': from }),
  };
}

function setOr(value: string | undefined, otherwise: string): string {
  return value === undefined || value === '' ? otherwise : value;
}

function wrong(message: string): Ending {
  return new Ending(exitCodes.wrong, message);
}
