import type { ReactNode } from 'react';
import { onSurface, type Surface } from './surface.ts';

/** What went wrong with a form as a whole; read out at once, and where the focus goes. */
export const FormMessage = ({ children, surface }: { children: ReactNode; surface: Surface }) => (
  <p
    role="alert"
    tabIndex={-1}
    data-form-message
    className={`border-l-4 py-1 pl-3 font-semibold ${onSurface[surface].message}`}
  >
    {children}
  </p>
);
