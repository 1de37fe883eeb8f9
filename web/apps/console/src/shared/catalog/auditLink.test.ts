import { expect, it } from 'vitest';
import { auditLink } from './auditLink';

it('leads to the records of one subject', () => {
  expect(auditLink('0198c3d2-0000-7000-8000-000000000001')).toBe('/service-catalog/audit?subject=0198c3d2-0000-7000-8000-000000000001');
  expect(auditLink('a&b')).toBe('/service-catalog/audit?subject=a%26b');
});
