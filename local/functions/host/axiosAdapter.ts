import axios, { getAdapter, type AxiosAdapter, type AxiosResponse } from 'axios';
import { loopbackHandlers } from './loopback';

/**
 * Lets the durable client (which speaks HTTP through axios) reach hosts in this process without a
 * socket. A base URL ending in `.invalid` that no living host answers is refused like a dead
 * host's port; every other request goes on to the network. Returns the way back.
 */
export function installDurableClientAdapter(): () => void {
  const before = axios.defaults.adapter;
  const adapter: AxiosAdapter = (config) => {
    const url = new URL(config.url ?? '', config.baseURL);
    for (const [baseUrl, handler] of loopbackHandlers) {
      if (!url.href.startsWith(baseUrl)) continue;
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(config.headers)) {
        if (typeof value === 'string') headers[name.toLowerCase()] = value;
      }
      const body = typeof config.data === 'string' ? config.data : '';
      const method = (config.method ?? 'get').toUpperCase();
      const answer = handler({ method, url: url.href, body, headers });
      const response: AxiosResponse = {
        data: answer.body,
        status: answer.status,
        statusText: '',
        headers: answer.headers,
        config,
      };
      return Promise.resolve(response);
    }
    if (url.hostname.endsWith('.invalid')) {
      return Promise.reject(new Error(`connect ECONNREFUSED ${url.host}`));
    }
    const next = getAdapter(before ?? 'http');
    return next(config);
  };
  axios.defaults.adapter = adapter;
  return () => {
    if (before === undefined) delete axios.defaults.adapter;
    else axios.defaults.adapter = before;
  };
}
