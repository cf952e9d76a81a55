import { texts } from '../../shared/texts/index.ts';
import { FormRefusal as Refusal } from '../session/form-refusal.tsx';
import type { WriteState } from './writing.ts';

/** Why what was written was not taken, above its field. */
export const FormRefusal = ({ state, path }: { state: WriteState; path: string }) =>
  state.message === undefined ? null : (
    <div className="mb-2">
      <Refusal state={state} surface="stock" path={path} signIn={texts.community.refused.signIn} />
    </div>
  );
