/** Weighs the JavaScript that a first visit loads, before any lazy page, and fails above the limit. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const FIRST_LOAD_KIB_MAX = 300;
const dist = new URL('../apps/console/dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

/** An entry and all that it imports before it runs. */
function eager(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const imported of manifest[name].imports ?? []) eager(imported, seen);
  return seen;
}

const kib = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1024;
const row = (name, size) => console.log(`${size.toFixed(1).padStart(8)} KiB  ${name}`);

const entry = Object.keys(manifest).find((name) => manifest[name].isEntry);
const first = eager(entry);
let total = 0;
for (const name of first) {
  const size = kib(manifest[name].file);
  total += size;
  row(manifest[name].file, size);
}
row('first load, gzipped', total);
console.log('lazy pages:');
for (const [name, { file, isDynamicEntry }] of Object.entries(manifest)) {
  if (isDynamicEntry) row(name.replace(/^src\//, ''), kib(file));
}
if (total > FIRST_LOAD_KIB_MAX) {
  console.error(`the first load is ${total.toFixed(1)} KiB, more than ${FIRST_LOAD_KIB_MAX}: load something lazily`);
  process.exit(1);
}
