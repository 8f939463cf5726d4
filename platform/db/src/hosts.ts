/** Where a PostgreSQL may be: one server, or several of which one takes writes. */
export interface PostgresHosts {
  /** A connection string for each server, in the order given. */
  urls: readonly string[];
  /** True when only a server that takes writes will do. */
  writable: boolean;
}

const shape = /^(postgres(?:ql)?:\/\/)(?:([^@/?]*)@)?([^/?]*)(\/[^?]*)?(?:\?(.*))?$/;
/** Servers that may be named in one connection string. */
export const hostsMax = 8;

/**
 * Reads a connection string that may name several servers, as libpq does (PostgreSQL manual, section 34.1.1.3):
 * `postgres://user@one:5432,two:5432/feiqian?target_session_attrs=read-write`. With several servers, only one that
 * takes writes is used, since decisions about money are never made on a replica.
 *
 * @throws with a sentence for a person when the string cannot be used
 */
export function readHosts(url: string): PostgresHosts {
  const match = shape.exec(url);
  const one = { urls: [url], writable: false };
  if (match === null) return one;
  const [, scheme = '', user, places = '', path = '', query = ''] = match;
  const params = new URLSearchParams(query);
  const attrs = params.get('target_session_attrs');
  if (attrs !== null && !['any', 'read-write', 'primary'].includes(attrs)) {
    throw new Error(`target_session_attrs=${attrs} is not for a network: read-write, primary or any`);
  }
  params.delete('target_session_attrs');
  const hosts = places.split(',');
  if (hosts.length === 1 && attrs === null) return one;
  if (hosts.some((h) => h === '') && hosts.length > 1) throw new Error('a server in the address has no name');
  if (hosts.length > hostsMax) throw new Error(`more than ${hostsMax} servers in the address`);
  const rest = params.size === 0 ? path : `${path}?${params}`;
  return {
    urls: hosts.map((host) => `${scheme}${user === undefined ? '' : `${user}@`}${host}${rest}`),
    writable: hosts.length > 1 || attrs === 'read-write' || attrs === 'primary',
  };
}

/** Which of several servers is used now. All who find a server failing move on from it together, once. */
export interface Route {
  readonly at: number;
  /** Counts the moves: what was opened before the last one is not used again. */
  readonly moves: number;
  /** This server cannot be used. */
  failed(server: number): void;
  /**
   * A server that takes writes was found on this timeline (a promotion begins a new one: PostgreSQL manual, section
   * 26.3.5). False when another was found on a later one: then it is a former primary, and must not be used.
   */
  found(timeline: number): boolean;
  /** Begins with the server on the latest of these timelines; null for one that takes no writes, or is not there. */
  begin(timelines: readonly (number | null)[]): void;
}

/** Begins with the first of `count` servers. */
export function createRoute(count: number): Route {
  let latest = 0;
  const route = {
    at: 0,
    moves: 0,
    failed(server: number) {
      if (server !== route.at) return;
      route.at = (route.at + 1) % count;
      route.moves += 1;
    },
    found(timeline: number) {
      latest = Math.max(latest, timeline);
      return timeline === latest;
    },
    begin(timelines: readonly (number | null)[]) {
      for (const [server, timeline] of timelines.entries()) {
        if (timeline === null || timeline <= latest) continue;
        latest = timeline;
        route.at = server;
      }
    },
  };
  return route;
}
