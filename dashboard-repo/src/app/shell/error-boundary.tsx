import { Component, type ReactNode } from 'react';
import { FaultIcon } from '../design/icons.tsx';

/** Catches what a page broke on, so that nobody is left before a blank screen. A new deployment takes old scripts away: loading anew helps there too. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <main>
        <div className="message" role="alert">
          <title>Something broke · ENStratus</title>
          <FaultIcon size={36} />
          <h1>This page broke</h1>
          <p>Your devices are not affected. Loading the page anew usually helps; if it does not, tell us what stands below.</p>
          <p className="message__detail">{error.message}</p>
          <button type="button" className="button button--primary" onClick={() => location.reload()}>
            Load anew
          </button>
        </div>
      </main>
    );
  }
}
