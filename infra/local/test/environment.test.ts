import { describe, expect, it } from '@jest/globals';
import { databaseUrl, inherited } from '../supervisor/environment.ts';

describe('the database of a service', () => {
  it.each([
    ['mongodb://127.0.0.1:27017', 'mongodb://127.0.0.1:27017/orders'],
    ['mongodb://a:1,b:2/?replicaSet=r', 'mongodb://a:1,b:2/orders?replicaSet=r'],
    ['mongodb+srv://cluster.example/any', 'mongodb+srv://cluster.example/orders'],
    // Where its user signs in must not move along with the database.
    ['mongodb://me:pw@a:1/people', 'mongodb://me:pw@a:1/orders?authSource=people'],
    ['mongodb://me:pw@a:1', 'mongodb://me:pw@a:1/orders?authSource=admin'],
    ['mongodb://me:pw@a:1/x?authSource=y', 'mongodb://me:pw@a:1/orders?authSource=y'],
  ])('is its own on the server %s', (server, expected) => {
    expect(databaseUrl(server, 'orders')).toBe(expected);
  });
});

describe('what a service inherits from the shell', () => {
  it('is what any program needs, and nothing that would be a setting', () => {
    expect(
      inherited({
        PATH: '/bin',
        HOME: '/home/me',
        LC_ALL: 'C',
        https_proxy: 'http://proxy',
        NODE_OPTIONS: '--inspect',
        PORT: '1',
        MONGO_URL: 'mongodb://a',
        npm_config_registry: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
      }),
    ).toEqual({ PATH: '/bin', HOME: '/home/me', LC_ALL: 'C', https_proxy: 'http://proxy' });
  });
});
