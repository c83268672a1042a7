import { useId, useState } from 'react';
import { AuthFailed } from '../auth/auth.ts';
import { meetsPolicy } from '../auth/password-policy.ts';
import { useServices } from '../services.ts';
import { HiddenEmail, PasswordField, PasswordRules, SignInForm } from './form-parts.tsx';
import type { Step } from './sign-in-page.tsx';
import { useSubmit } from './use-submit.ts';

/** The first sign-in: the password from the invitation is exchanged for one's own. */
export function NewPasswordForm({ email, onStep, onSignedIn }: { email: string; onStep: (step: Step) => void; onSignedIn: () => void }) {
  const { auth } = useServices();
  const [password, setPassword] = useState('');
  const rules = useId();
  const submitting = useSubmit(async () => {
    if (!meetsPolicy(password)) throw new AuthFailed('weak-password', 'The password does not meet the rules.');
    const outcome = await auth.completeNewPassword(password);
    if (outcome === 'signed-in') onSignedIn();
    else throw new AuthFailed('unsupported', `After the new password came ${outcome}.`);
  });
  return (
    <SignInForm
      title="Choose your password"
      intro="You signed in with the password from your invitation. From now on you sign in with your own."
      submitting={submitting}
      action="Save and sign in"
      foot={
        <button type="button" className="link sign-in__other" onClick={() => onStep({ form: 'credentials' })}>
          Back to signing in
        </button>
      }
    >
      <HiddenEmail email={email} />
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
