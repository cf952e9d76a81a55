import 'server-only';
import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '../../config.ts';
import { ApiError } from './api-error.ts';
import { ask } from './server.ts';

/** While another press of the same form is being answered: asked again after so long, and so often. */
const RUNNING_MS = 1_000;
const RUNNING_TRIES = 5;

/** Makes one thing, however often the form is sent that has this key. @throws {ApiError} */
export const postOnce = async <T>(service: Service, path: string, body: unknown, key: string): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      const headers = { 'Idempotency-Key': key };
      return (await ask<T>(service, 'post', path, { body, headers })).data;
    } catch (error) {
      const isRunning = error instanceof ApiError && error.is('idempotency_key_running');
      if (!isRunning || tries === RUNNING_TRIES) throw error;
      await pause(RUNNING_MS);
    }
  }
};
