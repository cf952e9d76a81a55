/** Who follows whom, and who blocks whom. */
import { BadRequest } from '@ticketing/common/errors';

/** Of follows, and of blocks: a page asks for all that somebody has. */
export const MOST_TIES = 1_000;

export class OwnProfile extends BadRequest {
  constructor() {
    super('own_profile', 'This is your own profile');
  }
}

export class TooManyFollows extends BadRequest {
  constructor() {
    super('too_many_follows', `You follow ${MOST_TIES} people already`);
  }
}

export class TooManyBlocks extends BadRequest {
  constructor() {
    super('too_many_blocks', `You have blocked ${MOST_TIES} people already`);
  }
}
