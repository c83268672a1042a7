import './sign-in.css';
import { useState } from 'react';
import { Navigate, useLocation } from 'react-router';
import { Mark } from '../design/icons.tsx';
import { useSession } from '../session/session.tsx';
import { PageLoading } from '../shell/page-loading.tsx';
import { CredentialsForm } from './credentials-form.tsx';
import { NewPasswordForm } from './new-password-form.tsx';
import { RequestCodeForm, ResetPasswordForm } from './reset-password-forms.tsx';

/** Which form is there, and the address that goes from one to the next. */
export type Step =
  | { readonly form: 'credentials'; readonly done?: 'reset' }
  | { readonly form: 'new-password' }
  | { readonly form: 'request-code'; readonly required?: boolean }
  | { readonly form: 'reset' };

/** Signing in, and all that may come between: the first password, a forgotten one. Leads back to where somebody came from. */
export function SignInPage() {
  const { state, reason, begin } = useSession();
  const [step, setStep] = useState<Step>({ form: 'credentials' });
  const [email, setEmail] = useState('');
  const from = useCameFrom();
  if (state === 'checking') return <PageLoading />;
  if (state === 'signed-in') return <Navigate to={from} replace />;
  return (
    <div className="sign-in">
      <title>Sign in · ENStratus</title>
      <main className="sign-in__card">
        <p className="sign-in__brand">
          <Mark size={34} /> ENStratus
        </p>
        {reason === 'ended' && step.form === 'credentials' && (
          <p className="notice" role="status">
            <span>
              <strong>Your session ended.</strong> Sign in to go on where you were.
            </span>
          </p>
        )}
        {step.form === 'credentials' && (
          <CredentialsForm email={email} onEmail={setEmail} step={step} onStep={setStep} onSignedIn={begin} />
        )}
        {step.form === 'new-password' && <NewPasswordForm email={email} onStep={setStep} onSignedIn={begin} />}
        {step.form === 'request-code' && (
          <RequestCodeForm email={email} onEmail={setEmail} required={step.required === true} onStep={setStep} />
        )}
        {step.form === 'reset' && <ResetPasswordForm email={email} onStep={setStep} />}
      </main>
      <footer className="sign-in__foot">Solar pump control by ENFusion</footer>
    </div>
  );
}

/** A path of this site only: an address from elsewhere in the history's state leads nowhere. */
function useCameFrom(): string {
  const { state } = useLocation();
  const from: unknown = typeof state === 'object' && state !== null && 'from' in state ? state.from : undefined;
  return typeof from === 'string' && /^\/(?!\/)/.test(from) && !from.startsWith('/sign-in') ? from : '/';
}
