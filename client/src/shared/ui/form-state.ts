/** What a server action answers a form that it refused: why, at which field, and what had been typed. */
export interface FormState<Name extends string> {
  /** What was typed, so that nothing is lost where the page is rendered anew; never a password. */
  readonly values: Readonly<Partial<Record<Name, string>>>;
  readonly errors: Readonly<Partial<Record<Name, string>>>;
  /** What concerns no single field. */
  readonly message?: string;
}

/** Text of a form's field; a file, which none of ours has, is nothing. */
export const textOf = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
};
