/** Permissions as a matrix: a block a service, a row a resource, a column a verb. */
import type { PermissionInfo } from '@itechsmart/api';

export interface Cell {
  verb: string;
  permission: PermissionInfo;
}

export interface Row {
  resource: string;
  cells: Cell[];
}

export interface Block {
  service: string;
  rows: Row[];
}

export function matrix(permissions: readonly PermissionInfo[]): Block[] {
  const blocks = new Map<string, Map<string, Cell[]>>();
  for (const permission of permissions) {
    const [, resource = permission.name, verb = ''] = permission.name.split('.');
    const rows = blocks.get(permission.service) ?? new Map<string, Cell[]>();
    blocks.set(permission.service, rows);
    rows.set(resource, [...(rows.get(resource) ?? []), { verb, permission }]);
  }
  return [...blocks].map(([service, rows]) => ({
    service,
    rows: [...rows].map(([resource, cells]) => ({ resource, cells: sorted(cells) })),
  }));
}

/** Reading comes before changing. */
function sorted(cells: Cell[]): Cell[] {
  const rank = (verb: string) => ['read', 'write'].indexOf(verb) >>> 0;
  return cells.sort((a, b) => rank(a.verb) - rank(b.verb) || a.verb.localeCompare(b.verb));
}
