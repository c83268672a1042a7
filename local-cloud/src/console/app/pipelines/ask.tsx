import { type ReactNode, useId, useRef, useState } from 'react';
import { ApiFailure } from '../data/api.ts';
import { Trouble } from '../design/parts.tsx';

interface Asked {
  /** What the button says. */
  readonly label: string;
  readonly title: string;
  /** What will come of it. */
  readonly children: ReactNode;
  /** What the button says that does it. */
  readonly yes: string;
  readonly tone?: 'primary' | 'fault';
  readonly isDisabled?: boolean;
  /** Does it; what it rejects with is shown, and the question stays. */
  readonly onYes: () => Promise<void>;
}

/** A button that asks once more before anything is sent. */
export function Ask({ label, title, children, yes, tone, isDisabled = false, onYes }: Asked) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [error, setError] = useState<string>();
  const [isSending, setSending] = useState(false);
  const send = async () => {
    setSending(true);
    try {
      await onYes();
      dialog.current?.close();
    } catch (failure) {
      setError(told(failure));
    } finally {
      setSending(false);
    }
  };
  const className = tone === undefined ? 'button' : `button button--${tone}`;
  const open = () => {
    setError(undefined);
    dialog.current?.showModal();
  };
  return (
    <>
      <button type="button" className={className} disabled={isDisabled} onClick={open}>
        {label}
      </button>
      <dialog className="ask" ref={dialog} aria-labelledby={heading}>
        <h2 id={heading}>{title}</h2>
        <div className="ask__text">{children}</div>
        {error !== undefined && <Trouble>{error}</Trouble>}
        <div className="ask__foot">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Back
          </button>
          <button type="button" className={className} disabled={isSending} onClick={() => void send()}>
            {yes}
          </button>
        </div>
      </dialog>
    </>
  );
}

/** In AWS's words, its code before them. */
function told(failure: unknown): string {
  if (failure instanceof ApiFailure && failure.code !== undefined) return `${failure.code}: ${failure.message}`;
  return failure instanceof Error ? failure.message : String(failure);
}
