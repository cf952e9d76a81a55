import type { ApiError } from '../../shared/api/api-error.ts';
import { texts } from '../../shared/texts/index.ts';
import { sayRefusal } from '../../shared/ui/say-refusal.ts';

const { errors: say } = texts.people;

/** In words, why somebody could not be followed or blocked. */
export const sayRefused = (error: ApiError): string => {
  if (error.is('profile_hidden')) return say.hidden;
  if (error.is('own_profile')) return say.ownProfile;
  if (error.is('too_many_follows')) return say.tooManyFollows;
  if (error.is('too_many_blocks')) return say.tooManyBlocks;
  return error.status === 404 ? say.gone : sayRefusal(error);
};
