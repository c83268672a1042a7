import { useState } from 'react';
import { ChevronIcon } from '../design/icons.tsx';
import { Popover } from '../design/popover.tsx';
import type { MeQuery, Persona } from '../graphql/operations.generated.ts';
import { useSession } from '../session/session.tsx';
import { ThemeChoice } from './theme-choice.tsx';

const personas: Readonly<Record<Persona, string>> = { admin: 'Admin', partner: 'Partner', dealer: 'Dealer', customer: 'Customer' };

/** Who is signed in, as what, for whom; and from here out again. */
export function AccountMenu({ me }: { me: MeQuery['me'] | undefined }) {
  const who = me === undefined ? <span className="skeleton account__waiting" /> : <Who me={me} />;
  return (
    <Popover
      label="Your account"
      buttonClass="button button--quiet account"
      button={
        <>
          {who}
          <span className="visually-hidden">Account</span>
          <ChevronIcon />
        </>
      }
    >
      {me !== undefined && (
        <div className="account__details">
          <p className="account__name">{me.name}</p>
          <p className="unit">{me.email}</p>
          <p className="account__as">
            {personas[me.persona]} · {me.organization.name}
          </p>
        </div>
      )}
      <ThemeChoice />
      <SignOut />
    </Popover>
  );
}

function Who({ me }: { me: MeQuery['me'] }) {
  return (
    <>
      <span className="account__initials" aria-hidden="true">
        {initials(me.name)}
      </span>
      <span className="account__who">
        <span className="account__name">{me.name}</span>
        <span className="account__as">
          {personas[me.persona]} · {me.organization.name}
        </span>
      </span>
    </>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.charAt(0).toUpperCase() ?? '').join('');
}

function SignOut() {
  const session = useSession();
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');
  const leave = (everywhere: boolean) => async () => {
    setState('busy');
    try {
      await session.end({ everywhere });
    } catch {
      setState('failed');
    }
  };
  return (
    <div className="account__leave">
      {state === 'failed' && (
        <p className="notice notice--fault" role="alert">
          The sign-in service could not be reached, so your other sessions go on. Try again when you have a network.
        </p>
      )}
      <button type="button" className="button button--quiet account__action" disabled={state === 'busy'} onClick={leave(false)}>
        Sign out
      </button>
      <button
        type="button"
        className="button button--quiet account__action"
        disabled={state === 'busy'}
        onClick={leave(true)}
        title="Ends your sessions on all computers and phones"
      >
        Sign out everywhere
      </button>
    </div>
  );
}
