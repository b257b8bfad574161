import { sourceError } from '../errors.ts';
import type { AssetDefinition } from './asset-definition.ts';

/**
 * Finds the declared columns in a header line, or by position in a file without one.
 *
 * @param fields of the first record
 * @returns for each declared column its index in a record
 * @throws ProxyError SOURCE_HEADER_DUPLICATE, SOURCE_HEADER_MISSING, SOURCE_COLUMN_MISSING
 */
export function columnIndexes(asset: AssetDefinition, fields: readonly string[]): number[] {
  const location = { file: asset.path, line: 1 };
  if (!asset.header) {
    if (fields.length === asset.columns.length) return fields.map((_, index) => index);
    throw sourceError('SOURCE_COLUMN_MISSING', location, `${fields.length} fields, but ${asset.columns.length} columns are declared and the file has no header`);
  }
  const missing = asset.columns.map((column) => column.name).filter((name) => !fields.includes(name));
  if (missing.length === asset.columns.length) {
    throw sourceError('SOURCE_HEADER_MISSING', location, 'none of the declared columns; set header to false if the file has none, and check delimiter and encoding');
  }
  const [first] = missing;
  if (first !== undefined) {
    const near = fields.find((name) => name.trim().toLowerCase() === first.trim().toLowerCase());
    const hint = near === undefined ? '' : `; the header has ${JSON.stringify(near)}, names must be equal to the character`;
    throw sourceError('SOURCE_COLUMN_MISSING', { ...location, column: missing.join(', ') }, `not in the header${hint}`);
  }
  const duplicate = fields.find((name, index) => fields.indexOf(name) !== index);
  if (duplicate !== undefined) {
    throw sourceError('SOURCE_HEADER_DUPLICATE', { ...location, column: duplicate }, 'stands in the header more than once');
  }
  return asset.columns.map((column) => fields.indexOf(column.name));
}
