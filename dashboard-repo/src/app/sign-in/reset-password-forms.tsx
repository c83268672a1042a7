import { useId, useState } from 'react';
import { AuthFailed } from '../auth/auth.ts';
import { meetsPolicy } from '../auth/password-policy.ts';
import { useServices } from '../services.ts';
import { Field, HiddenEmail, PasswordField, PasswordRules, SignInForm } from './form-parts.tsx';
import type { Step } from './sign-in-page.tsx';
import { useSubmit } from './use-submit.ts';

const Back = ({ onStep }: { onStep: (step: Step) => void }) => (
  <button type="button" className="link sign-in__other" onClick={() => onStep({ form: 'credentials' })}>
    Back to signing in
  </button>
);

/** Has a code sent to whoever forgot the password, or has to change it. */
export function RequestCodeForm({
  email,
  onEmail,
  required,
  onStep,
}: {
  email: string;
  onEmail: (email: string) => void;
  required: boolean;
  onStep: (step: Step) => void;
}) {
  const { auth } = useServices();
  const submitting = useSubmit(async () => {
    await auth.requestPasswordReset(email);
    onStep({ form: 'reset' });
  });
  return (
    <SignInForm
      title={required ? 'Your password has to be changed' : 'Forgot your password?'}
      intro="A code is sent to your e-mail address, with which you choose a new password."
      submitting={submitting}
      action="Send the code"
      foot={<Back onStep={onStep} />}
    >
      <Field
        label="E-mail"
        type="email"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        value={email}
        onValue={onEmail}
        required
      />
    </SignInForm>
  );
}

/** The code from the e-mail, and the new password. */
export function ResetPasswordForm({ email, onStep }: { email: string; onStep: (step: Step) => void }) {
  const { auth } = useServices();
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const rules = useId();
  const submitting = useSubmit(async () => {
    if (!meetsPolicy(password)) throw new AuthFailed('weak-password', 'The password does not meet the rules.');
    await auth.confirmPasswordReset(email, code, password);
    onStep({ form: 'credentials', done: 'reset' });
  });
  return (
    <SignInForm
      title="Choose a new password"
      intro={
        <>
          If there is an account for <strong>{email}</strong>, a code is on its way to it. It may take a minute.
        </>
      }
      submitting={submitting}
      action="Change the password"
      foot={
        <>
          <button type="button" className="link sign-in__other" onClick={() => onStep({ form: 'request-code' })}>
            Send another code
          </button>
          <Back onStep={onStep} />
        </>
      }
    >
      <HiddenEmail email={email} />
      <Field
        label="Code from the e-mail"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        value={code}
        onValue={setCode}
        aria-invalid={submitting.problem?.kind === 'wrong-code' || submitting.problem?.kind === 'expired-code'}
      />
      <PasswordField
        label="New password"
        name="new-password"
        autoComplete="new-password"
        value={password}
        onValue={setPassword}
        describedBy={rules}
        aria-invalid={submitting.problem?.kind === 'weak-password'}
      />
      <PasswordRules id={rules} password={password} />
    </SignInForm>
  );
}
