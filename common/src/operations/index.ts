export { markForRepublishing } from './mark-for-republishing.ts';
export {
  NotRestored,
  type Opened,
  type Restoration,
  type RestoredCommand,
  restoredCommand,
  someOf,
  writtenLater,
} from './restored.ts';
