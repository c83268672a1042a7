import { mailList } from '../../shapes/buckets.ts';
import { useLoaded } from '../data/api.ts';
import { Ago, Card, Head, Load } from '../design/parts.tsx';

/** Mails that services would have sent: invitations, codes. HTML is shown as its text. */
export function MailPage() {
  const mails = useLoaded('/_local/mail', mailList, {}, 3000);
  return (
    <>
      <Head title="Mail">
        <span className="quiet">No mail leaves this machine</span>
      </Head>
      <Card flush>
        <Load from={mails} empty={(data) => (data.length === 0 ? 'No mail was sent.' : undefined)}>
          {(data) => (
            <ul className="messages">
              {data.slice(0, 200).map((mail, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two mails may be the same
                <li key={`${mail.sent_at} ${index}`}>
                  <details>
                    <summary>
                      <b>{mail.subject}</b>
                      <span className="cut">to {mail.to}</span>
                      <span className="quiet">
                        <Ago at={mail.sent_at} />
                      </span>
                    </summary>
                    <pre className="code">{mail.body}</pre>
                  </details>
                </li>
              ))}
            </ul>
          )}
        </Load>
      </Card>
    </>
  );
}
