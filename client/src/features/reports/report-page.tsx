import { notFound } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import { type Query, single } from '../../shared/query.ts';
import { reportPath } from '../../shared/report-path.ts';
import { texts } from '../../shared/texts/index.ts';
import { signedInOrSending } from '../session/current-user.ts';
import { returnPath } from '../session/return-path.ts';
import { ReportForm } from './report-form.tsx';
import { fieldsOf, placeOf, readTarget, type Target } from './target.ts';

const { title } = texts.reports;

/** Where something is reported to the operators, by who is signed in. */
export const ReportPage = async ({ query }: { query: Query }) => {
  const target = readTarget(query);
  if (target === undefined) notFound();
  const wanted = single(query.back);
  const path = reportPath(fieldsOf(target), wanted);
  await signedInUnlessAway(path);
  return (
    <ReportForm
      title={titleOf(target)}
      fields={fieldsOf(target)}
      path={path}
      back={wanted === undefined ? placeOf(target) : returnPath(wanted)}
    />
  );
};

/** While auth is away nobody knows who is here: then the form says so when it is sent. */
const signedInUnlessAway = async (path: string): Promise<void> => {
  try {
    await signedInOrSending(path);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
};

export const titleOf = (target: Target): string =>
  target.kind === 'person' ? title.person(target.handle) : title[target.kind];
