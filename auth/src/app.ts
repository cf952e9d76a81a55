import { rateLimits } from '@ticketing/common/rate-limits';
import { type ServiceDeps, type ServiceParts, serviceApp } from '@ticketing/common/service';
import type { AuthConfig } from './config.ts';
import { sessionTokens } from './keys/session-tokens.ts';
import { passwordHasher } from './passwords/password-hasher.ts';
import { routes } from './routes.ts';
import { openSessionStore } from './store/sessions.ts';
import { openUserStore } from './store/users.ts';
import { useCases } from './use-cases/index.ts';

/** Puts the service together; no connection is made here, and nothing listens. */
export const auth = (
  deps: Pick<ServiceDeps, 'mongo' | 'clock' | 'logger' | 'metrics' | 'store'>,
  config: AuthConfig,
  passwords = passwordHasher(),
): ServiceParts => {
  const limits = rateLimits(deps.mongo, config.RATE_LIMITS, deps.logger);
  const use = useCases({
    users: openUserStore(deps),
    sessions: openSessionStore(deps),
    tokens: sessionTokens(config.SESSION_PRIVATE_KEYS),
    passwords,
    clock: deps.clock,
    limits,
  });
  return { app: serviceApp(deps, config, { routes: routes(use, limits) }) };
};
