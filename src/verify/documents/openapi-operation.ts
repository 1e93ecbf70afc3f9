import type { Claim } from '../../plan/index.ts';
import { matchesPath } from './api-path.ts';
import type { NormalisedDocument } from './normalised.ts';

type OperationClaim = Extract<Claim, { kind: 'openapi-operation' }>;

/** Says whether a page is an OpenAPI document, and where it has the operation. */
export type FoundOperation =
  | { readonly kind: 'no-openapi' }
  | { readonly kind: 'none' }
  | { readonly kind: 'operation'; readonly section: number };

/**
 * Finds an operation in an OpenAPI document by id, or by method and path, with the parameter and the status it must have.
 *
 * References inside the document (`$ref`) are followed; parameters of the path count for each of its operations.
 */
export function findOperation(document: NormalisedDocument, claim: OperationClaim): FoundOperation {
  if (!isOpenApi(document)) return { kind: 'no-openapi' };
  const leaves = document.sections.flatMap(({ blocks }) => blocks.map(({ text }) => text));
  const section = document.sections.findIndex(({ level, heading }) => {
    const [method = '', path = ''] = level === 2 ? heading.split(' ', 2) : [];
    if (!path.startsWith('/')) return false;
    const at = { leaves, item: `paths/${path}`, prefix: `paths/${path}/${method.toLowerCase()}` };
    return isNamed(claim, { method, path }, at) && takes(claim, at) && answers(claim, at);
  });
  return section < 0 ? { kind: 'none' } : { kind: 'operation', section };
}

/** Tells an OpenAPI document, of any version, from other data. */
export const isOpenApi = ({ representation, sections }: NormalisedDocument): boolean =>
  representation === 'json' &&
  sections.some(({ level, heading }) => level === 1 && /^(?:openapi|swagger)$/.test(heading));

/** Holds the document as one line a value, and where an operation and its path stand in it. */
interface Place {
  readonly leaves: readonly string[];
  readonly item: string;
  readonly prefix: string;
}

function isNamed(
  { operationId, method, path }: OperationClaim,
  found: { readonly method: string; readonly path: string },
  { leaves, prefix }: Place,
): boolean {
  const isPath = path === undefined || (method === found.method && matchesPath(found.path, path));
  return (
    isPath &&
    (operationId === undefined ||
      leaves.includes(`${prefix}/operationId: ${JSON.stringify(operationId)}`))
  );
}

function answers({ status }: OperationClaim, { leaves, prefix }: Place): boolean {
  if (status === undefined) return true;
  const wanted = `${prefix}/responses/${status}`;
  return leaves.some((leaf) => leaf.startsWith(`${wanted}/`) || leaf.startsWith(`${wanted}:`));
}

function takes({ param }: OperationClaim, place: Place): boolean {
  if (param === undefined) return true;
  const { leaves, prefix } = place;
  const listed = parameterPlaces(place);
  if (listed.some((at) => leaves.includes(`${at}/name: ${JSON.stringify(param)}`))) return true;
  // Swagger 2 lists the body among the parameters.
  const schemas = [...bodySchemas(leaves, prefix), ...listed.map((at) => `${at}/schema`)];
  return hasProperty(leaves, schemas, param);
}

function parameterPlaces({ leaves, item, prefix }: Place): readonly string[] {
  return [prefix, item]
    .flatMap((at) => matching(leaves, at, /^\/parameters\/\d+(?=\/)/))
    .flatMap((at) => [at, ...targetOf(leaves, at)]);
}

function bodySchemas(leaves: readonly string[], prefix: string): readonly string[] {
  const body = `${prefix}/requestBody`;
  return [body, ...targetOf(leaves, body)].flatMap((at) =>
    matching(leaves, at, /^\/content\/.{1,200}?\/schema(?=\/)/),
  );
}

/** A schema may be made of others; more than this many are not looked through. */
const SCHEMAS_MAX = 200;

function hasProperty(leaves: readonly string[], schemas: readonly string[], name: string): boolean {
  const seen = new Set(schemas);
  for (const at of seen) {
    const wanted = `${at}/properties/${name}`;
    if (leaves.some((leaf) => leaf.startsWith(`${wanted}/`) || leaf.startsWith(`${wanted}:`))) {
      return true;
    }
    const parts = matching(leaves, at, /^\/(?:allOf|anyOf|oneOf)\/\d+(?=\/)/);
    for (const part of [...targetOf(leaves, at), ...parts]) {
      if (seen.size < SCHEMAS_MAX) seen.add(part);
    }
  }
  return false;
}

function targetOf(leaves: readonly string[], at: string): readonly string[] {
  const start = `${at}/$ref: "#/`;
  const leaf = leaves.find((one) => one.startsWith(start));
  if (leaf === undefined) return [];
  const pointer = leaf.slice(start.length, -1);
  return [pointer.replaceAll('~1', '/').replaceAll('~0', '~')];
}

function matching(leaves: readonly string[], at: string, rest: RegExp): readonly string[] {
  const found = new Set<string>();
  for (const leaf of leaves) {
    if (!leaf.startsWith(`${at}/`)) continue;
    const [part] = rest.exec(leaf.slice(at.length)) ?? [];
    if (part !== undefined) found.add(at + part);
  }
  return [...found];
}
