import type { Person } from '../../shared/api/types.ts';
import { PersonLine } from '../../shared/person/person-line.tsx';
import { texts } from '../../shared/texts/index.ts';

/** Who sells a ticket, where they have a profile. @param seller asked for while the rest of the page was made */
export const SellerLine = async ({ seller }: { seller: Promise<Person | undefined> }) => {
  const person = await seller;
  return person === undefined ? null : (
    <div className="flex flex-wrap items-center gap-x-3">
      {texts.people.seller} <PersonLine person={person} />
    </div>
  );
};
