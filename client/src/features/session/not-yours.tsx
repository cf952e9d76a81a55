import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { Notice } from '../../shared/ui/notice.tsx';
import { signInAsOther } from './actions.ts';
import { currentUser } from './current-user.ts';

const { notYours } = texts.session;

/**
 * The page for what is another's (401 `not_yours`). It leads on, and to signing in only after signing out: whoever is
 * signed in is sent straight back from there, and would go around in a circle.
 */
export const NotYours = async ({ path }: { path: string }) => {
  const user = await currentUser();
  return (
    <Notice
      title={notYours.title}
      text={user === null ? notYours.textOfNobody : notYours.text(user.email)}
      verb={{ href: '/', label: texts.shop.toTheShop }}
    >
      <form action={signInAsOther}>
        <input type="hidden" name="next" value={path} />
        <button type="submit" className={button.quiet}>
          {notYours.signInAsOther}
        </button>
      </form>
    </Notice>
  );
};
