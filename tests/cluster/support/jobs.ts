/** Jobs of Kubernetes, as an operator begins and reads them. */
import { expect } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { kubectl } from './cluster.ts';

interface Job {
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** `Complete`, which is exit status 0, or `Failed`; undefined while it runs. */
const endOf = async (name: string): Promise<string | undefined> => {
  const { status } = JSON.parse(await kubectl('get', `job/${name}`, '-o', 'json')) as Job;
  return status.conditions?.find(({ type, status: is }) => is === 'True' && /^(Complete|Failed)$/.test(type))
    ?.type;
};

/** How a job has ended, once it has, and all that it said: where it failed, that tells why. */
export const ended = async (name: string, withinMs: number): Promise<[end: string, said: string]> => {
  const end = await eventually(async () => {
    const now = await endOf(name);
    expect(now).toBeDefined();
    return now ?? '';
  }, withinMs);
  return [end, await kubectl('logs', `job/${name}`)];
};
