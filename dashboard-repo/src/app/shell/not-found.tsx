import { Link } from 'react-router';
import { UnknownIcon } from '../design/icons.tsx';

/** For an address where there is no page. */
export function NotFound() {
  return (
    <div className="message">
      <title>No such page · ENStratus</title>
      <UnknownIcon size={36} />
      <h1>There is no such page</h1>
      <p>The address may have been typed or copied wrongly.</p>
      <Link to="/" className="button">
        To the fleet
      </Link>
    </div>
  );
}
