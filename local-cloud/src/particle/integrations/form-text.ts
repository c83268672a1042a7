/** Fields as `application/x-www-form-urlencoded`, every other character than letters, digits and `-._~` as %XX, as in the Webhook reference's examples. */
export function formText(fields: Readonly<Record<string, string>>): string {
  let text = '';
  for (const name in fields) text += `${text === '' ? '' : '&'}${encode(name)}=${encode(fields[name] ?? '')}`;
  return text;
}

function encode(text: string): string {
  // An unpaired surrogate, which encodeURIComponent refuses, becomes U+FFFD as in every UTF-8 text.
  const encoded = encodeURIComponent(text.isWellFormed() ? text : text.toWellFormed());
  return /[!'()*]/.test(encoded)
    ? encoded.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    : encoded;
}
