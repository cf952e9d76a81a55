import type { ConnectionOptions } from '@nats-io/transport-node';

/**
 * How to reach the servers of a URL, and what to say to them; the client takes neither from a URL. Credentials are those
 * of the first, a user name alone being a token, as for other clients of NATS. One `tls://` demands TLS of all of them:
 * what goes to one of a cluster may go to any.
 *
 * @param url `nats://host:port` or `tls://host:port`, several separated by commas
 * @throws {TypeError} for one that begins with neither; its text, which may hold a password, is not repeated
 */
export const serversOf = (
  url: string,
): Pick<ConnectionOptions, 'servers' | 'user' | 'pass' | 'token' | 'tls'> => {
  const servers = url.split(',').map((server) => {
    const parsed = URL.canParse(server) ? new URL(server) : undefined;
    if (parsed === undefined || !/^(nats|tls):$/.test(parsed.protocol) || parsed.host === '')
      throw new TypeError('each server of JetStream must be a URL that begins with nats:// or tls://');
    return parsed;
  });
  const [user = '', pass = ''] = [servers[0]?.username, servers[0]?.password].map((part = '') =>
    decodeURIComponent(part),
  );
  return {
    servers: servers.map(({ host }) => host),
    ...(user === '' ? {} : pass === '' ? { token: user } : { user, pass }),
    ...(servers.some(({ protocol }) => protocol === 'tls:') ? { tls: {} } : {}),
  };
};
