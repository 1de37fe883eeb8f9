/** What the secret of a webhook is for. */
export const SIGNING = 'Each delivery is signed with it (HMAC-SHA-256), so that you can tell it is ours.';
