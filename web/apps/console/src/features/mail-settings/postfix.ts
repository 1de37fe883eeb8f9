/** What Postfix needs. The guide of the catalog has the same, with why. */
export const MASTER_CF = 'desk unix - n n - 4 pipe flags=R user=nobody argv=/usr/local/bin/to-desk';

/** Passes a message on; its exit tells Postfix whether to try again. */
export function script(origin: string): string {
  return `#!/bin/sh
KEY='the API key'
code=$(curl -s -o /dev/null -w '%{http_code}' -X POST \\
  '${origin}/api/v1/service-catalog/mail/messages' \\
  -H "Authorization: Bearer $KEY" -H 'Content-Type: message/rfc822' --data-binary @-)
case "$code" in 200) exit 0 ;; 413) exit 69 ;; *) exit 75 ;; esac`;
}
