export { markForRepublishing } from './mark-for-republishing.ts';
