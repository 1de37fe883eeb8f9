// @vitest-environment jsdom
import type { Me } from '@itechsmart/api';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { Guard } from './Guard';

const tenant = { id: 't', name: 'Example', slug: 'example', is_platform: false, is_demo: false };

afterEach(cleanup);

function show(permissions: string[]) {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  queries.setQueryData(['me'], { data: { permissions, tenant } as Partial<Me>, etag: undefined });
  render(
    <QueryClientProvider client={queries}>
      <Guard needs={['hub.users.read', 'hub.audit.read']}>The page</Guard>
    </QueryClientProvider>,
  );
}

it('shows a page to whoever may see it', () => {
  show(['hub.users.read', 'hub.audit.read']);
  expect(screen.getByText('The page')).toBeDefined();
});

it('says which permission a refused page needs', () => {
  show(['hub.users.read']);
  expect(screen.queryByText('The page')).toBeNull();
  expect(screen.getByText('hub.audit.read')).toBeDefined();
  expect(screen.queryByText('hub.users.read')).toBeNull();
});
