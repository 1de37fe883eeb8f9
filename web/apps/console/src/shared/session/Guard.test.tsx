// @vitest-environment jsdom
import type { Me } from '@itechsmart/api';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { Guard } from './Guard';
import type { Need } from './permissions';

const tenant = { id: 't', name: 'Example', slug: 'example', is_platform: false, is_demo: false };

afterEach(cleanup);

function show(permissions: string[], needs: readonly Need[] = ['hub.users.read', 'hub.audit.read']) {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  queries.setQueryData(['me'], { data: { permissions, tenant } as Partial<Me>, etag: undefined });
  render(
    <QueryClientProvider client={queries}>
      <Guard needs={needs}>The page</Guard>
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

it('says of several that one of them is enough', () => {
  const needs = [['catalog.tasks.write', 'catalog.all-tasks.write']] as const;
  show(['catalog.all-tasks.write'], needs);
  expect(screen.getByText('The page')).toBeDefined();
  cleanup();
  show([], needs);
  expect(screen.getByText(/It needs/).textContent).toMatch('It needs catalog.tasks.write or catalog.all-tasks.write,');
});
