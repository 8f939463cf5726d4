import { describe, expect, test } from 'vitest';
import { createRoute, hostsMax, readHosts } from './hosts.ts';

describe('a connection string', () => {
  test('may name several servers, of which one that takes writes is used', () => {
    expect(
      readHosts(
        'postgres://fq:p%40ss@one:5432,two:5433/feiqian?target_session_attrs=read-write&sslmode=require',
      ),
    ).toEqual({
      urls: [
        'postgres://fq:p%40ss@one:5432/feiqian?sslmode=require',
        'postgres://fq:p%40ss@two:5433/feiqian?sslmode=require',
      ],
      writable: true,
    });
    expect(readHosts('postgresql://one,two')).toEqual({
      urls: ['postgresql://one', 'postgresql://two'],
      writable: true,
    });
  });

  test('with one server is as it was given', () => {
    for (const url of [
      'postgres://postgres@127.0.0.1:5432/postgres',
      'postgres:///feiqian?host=/run/postgresql',
    ])
      expect(readHosts(url)).toEqual({ urls: [url], writable: false });
    expect(readHosts('postgres://a/b?target_session_attrs=primary')).toEqual({
      urls: ['postgres://a/b'],
      writable: true,
    });
  });

  test('that asks for a replica, names nobody or too many is refused', () => {
    expect(() => readHosts('postgres://a,b/c?target_session_attrs=standby')).toThrow(/read-write/);
    expect(() => readHosts('postgres://a,,b/c')).toThrow(/no name/);
    expect(() => readHosts(`postgres://${'a,'.repeat(hostsMax)}b/c`)).toThrow(/more than/);
  });
});

test('those who find the same server failing move on from it once', () => {
  const route = createRoute(3);
  for (let i = 0; i < 5; i++) route.failed(0);
  expect([route.at, route.moves]).toEqual([1, 1]);
  route.failed(0);
  expect(route.at).toBe(1);
  route.failed(1);
  route.failed(2);
  expect([route.at, route.moves]).toEqual([0, 3]);
});

test('a primary on an older timeline than another is not used', () => {
  const route = createRoute(3);
  route.begin([1, null, 2]);
  expect([route.at, route.moves]).toEqual([2, 0]);
  expect([route.found(1), route.found(2), route.found(3), route.found(2)]).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

test('where nobody takes writes yet, the first is tried first', () => {
  const route = createRoute(2);
  route.begin([null, null]);
  expect(route.at).toBe(0);
});
