/** Steps that many journeys take on a page of the catalog's console. */
export const places = (at) => at.getByRole('navigation', { name: 'Service Catalog' });

export const go = (at, place) => places(at).getByRole('link', { name: place, exact: true }).click();

export const dialog = (at) => at.getByRole('dialog');

/** Opens a field that offers options, and takes one. */
export async function choose(at, label, option) {
  await at.getByLabel(label).click();
  await at.page().getByRole('option', { name: option }).click();
}
