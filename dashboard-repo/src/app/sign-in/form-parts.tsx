import { type ComponentProps, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { passwordRules } from '../auth/password-policy.ts';
import { CheckIcon, DotIcon, FaultIcon } from '../design/icons.tsx';
import type { Submitting } from './use-submit.ts';

/** A form with its heading, its problem, and one button that goes on. */
export function SignInForm({
  title,
  intro,
  submitting: { busy, problem, onSubmit },
  action,
  children,
  foot,
}: {
  title: string;
  intro?: ReactNode;
  submitting: Submitting;
  action: string;
  children: ReactNode;
  foot?: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <form className="sign-in__form" onSubmit={onSubmit} noValidate>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {intro !== undefined && <p className="sign-in__intro">{intro}</p>}
      {problem !== undefined && (
        <p className="notice notice--fault" role="alert">
          <FaultIcon />
          <span>{problem.words}</span>
        </p>
      )}
      {children}
      <button type="submit" className="button button--primary button--large" aria-disabled={busy}>
        {busy ? 'One moment…' : action}
      </button>
      {foot}
    </form>
  );
}

type FieldProps = Omit<ComponentProps<'input'>, 'onChange' | 'value'> & {
  label: string;
  value: string;
  onValue: (value: string) => void;
  describedBy?: string;
};

/** A labelled field. */
export function Field({ label, value, onValue, describedBy, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      <input
        {...input}
        id={id}
        className="input"
        value={value}
        aria-describedby={describedBy}
        onChange={({ target }) => onValue(target.value)}
      />
    </div>
  );
}

/** A field for a password, which can be looked at. */
export function PasswordField({ label, value, onValue, describedBy, ...input }: FieldProps) {
  const id = useId();
  const [seen, setSeen] = useState(false);
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      <div className="password">
        <input
          {...input}
          id={id}
          className="input"
          type={seen ? 'text' : 'password'}
          value={value}
          aria-describedby={describedBy}
          autoCapitalize="none"
          spellCheck={false}
          onChange={({ target }) => onValue(target.value)}
        />
        <button type="button" className="link password__see" aria-pressed={seen} onClick={() => setSeen(!seen)}>
          {seen ? 'Hide' : 'Show'}
          <span className="visually-hidden"> the password</span>
        </button>
      </div>
    </div>
  );
}

/** The rules of a password, each ticked off as it is met. */
export function PasswordRules({ id, password }: { id: string; password: string }) {
  return (
    <ul id={id} className="rules" aria-label="The password needs">
      {passwordRules.map(({ words, holds }) => {
        const met = holds(password);
        return (
          <li key={words} className={met ? 'rules__met' : undefined}>
            {met ? <CheckIcon /> : <DotIcon />}
            {words}
            <span className="visually-hidden">{met ? ': met' : ': missing'}</span>
          </li>
        );
      })}
    </ul>
  );
}

/** For password managers, which keep a new password with the address that it belongs to. */
export const HiddenEmail = ({ email }: { email: string }) => (
  <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
);
