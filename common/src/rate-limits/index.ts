export { type Budget, type RateLimits, rateLimits } from './rate-limits.ts';
