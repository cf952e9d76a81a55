import { preset } from '../infra/jest/preset.mjs';

export default preset({ name: 'community', engines: ['mongo'], compiled: true });
