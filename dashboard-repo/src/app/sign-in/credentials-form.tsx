import { useState } from 'react';
import { CheckIcon } from '../design/icons.tsx';
import { useServices } from '../services.ts';
import { Field, PasswordField, SignInForm } from './form-parts.tsx';
import type { Step } from './sign-in-page.tsx';
import { useSubmit } from './use-submit.ts';

/** E-mail address and password. */
export function CredentialsForm({
  email,
  onEmail,
  step,
  onStep,
  onSignedIn,
}: {
  email: string;
  onEmail: (email: string) => void;
  step: Extract<Step, { form: 'credentials' }>;
  onStep: (step: Step) => void;
  onSignedIn: () => void;
}) {
  const { auth } = useServices();
  const [password, setPassword] = useState('');
  const submitting = useSubmit(async () => {
    const outcome = await auth.signIn(email, password);
    if (outcome === 'signed-in') onSignedIn();
    else onStep(outcome === 'new-password-required' ? { form: 'new-password' } : { form: 'request-code', required: true });
  });
  const wrong = submitting.problem?.kind === 'wrong-password';
  return (
    <SignInForm
      title="Sign in"
      submitting={submitting}
      action="Sign in"
      foot={
        <button type="button" className="link sign-in__other" onClick={() => onStep({ form: 'request-code' })}>
          Forgot your password?
        </button>
      }
    >
      {step.done === 'reset' && submitting.problem === undefined && (
        <p className="notice" role="status">
          <CheckIcon />
          <span>Your password is changed. Sign in with the new one.</span>
        </p>
      )}
      <Field
        label="E-mail"
        type="email"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        value={email}
        onValue={onEmail}
        required
        aria-invalid={wrong}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="current-password"
        value={password}
        onValue={setPassword}
        required
        aria-invalid={wrong}
      />
    </SignInForm>
  );
}
