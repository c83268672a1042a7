import { type ReactNode, type ToggleEvent, useCallback, useId, useRef, useState } from 'react';

/**
 * A button with a panel that opens below it. The browser's own popover does what such a thing has to: it closes on Escape and on a click
 * elsewhere, and gives the focus back to the button.
 */
export function Popover({
  label,
  button,
  buttonClass = 'button',
  title,
  children,
}: {
  /** What the panel is, for those who don't see it. */
  label: string;
  button: ReactNode;
  buttonClass?: string;
  title?: string;
  children: ReactNode | ((close: () => void) => ReactNode);
}) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const close = useCallback(() => panel.current?.hidePopover(), []);

  const place = useCallback((event: ToggleEvent<HTMLDivElement>) => {
    setOpen(event.newState === 'open');
    if (event.newState !== 'open' || panel.current === null || opener.current === null) return;
    const { bottom, left, right } = opener.current.getBoundingClientRect();
    const { style } = panel.current;
    style.top = `${Math.round(bottom + 6)}px`;
    // A panel hangs from the edge of its button that leaves it the room.
    const hangsRight = left > innerWidth / 2;
    style.left = hangsRight ? 'auto' : `${Math.max(12, Math.round(left))}px`;
    style.right = hangsRight ? `${Math.max(12, Math.round(document.documentElement.clientWidth - right))}px` : 'auto';
  }, []);

  return (
    <>
      <button ref={opener} type="button" className={buttonClass} popoverTarget={id} title={title} aria-haspopup="dialog">
        {button}
      </button>
      <div ref={panel} id={id} popover="auto" className="popover" role="dialog" aria-label={label} onBeforeToggle={place}>
        {open && (typeof children === 'function' ? children(close) : children)}
      </div>
    </>
  );
}
