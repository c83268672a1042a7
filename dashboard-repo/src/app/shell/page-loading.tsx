import { Mark } from '../design/icons.tsx';

/** While it is being found out who is here, or a page's script is on its way. */
export function PageLoading() {
  return (
    <div className="message" role="status">
      <Mark size={40} />
      <p>Loading…</p>
    </div>
  );
}
