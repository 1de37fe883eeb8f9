/** Whom journeys are about: fictional people, each with a password that nobody else has. */
export const amelie = { name: 'Amélie Dubois', email: 'amelie.dubois@example.com', password: 'nine quiet lanterns drift' };
export const jonas = { name: 'Jonas Weber', email: 'jonas.weber@example.com', password: 'seven copper rivers sleep' };
export const lena = { name: 'Lena Fischer', email: 'lena.fischer@example.com', password: 'five amber bridges wait' };
export const noor = { name: 'Noor Haddad', email: 'noor.haddad@example.com', password: 'three slow comets glow' };
export const omar = { name: 'Omar Farouk', email: 'omar.farouk@example.com', password: 'eight silver harbours turn' };

/** A browser as one has it in the hand. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
