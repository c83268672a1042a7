import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withInertTable } from '../src/limits/inert-tables.ts';

const file = join(import.meta.dirname, '..', 'LIMITS.md');
writeFileSync(file, withInertTable(readFileSync(file, 'utf8')));
