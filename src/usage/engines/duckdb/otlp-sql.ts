import type { Source } from '../../adapters/adapter.ts';

/**
 * Writes one item per span or log record, `{record, attributes, resource}`, with attributes as one object of texts.
 *
 * OTLP/JSON holds attributes as a list of `{key, value: {stringValue | intValue | …}}`, integers as texts
 * (opentelemetry-proto, `common.proto`). Of a key that stands twice the first is taken.
 */
export function otlpSql(source: Source & { readonly kind: 'otlp' }, items: string): string {
  const [outer, scope, inner] =
    source.of === 'spans'
      ? ['resourceSpans', 'scopeSpans', 'spans']
      : ['resourceLogs', 'scopeLogs', 'logRecords'];
  // A line that cannot be read has no record in it and must not vanish.
  const torn = source.isLines
    ? ` UNION ALL SELECT NULL AS item, item_number FROM ${items} WHERE item IS NULL`
    : '';
  return `(SELECT json_object('record', record, 'attributes', ${objectSql('record')}, 'resource', ${objectSql('resource')}) AS item,
      row_number() OVER (ORDER BY item_number) AS item_number
    FROM (SELECT item_number, resource, unnest(json_extract(scoped, '$.${inner}[*]')) AS record
      FROM (SELECT item_number, json_extract(part, '$.resource') AS resource, unnest(json_extract(part, '$.${scope}[*]')) AS scoped
        FROM (SELECT item_number, unnest(json_extract(item, '$.${outer}[*]')) AS part FROM ${items})))${torn})`;
}

function objectSql(of: string): string {
  const list = `json_extract(${of}, '$.attributes[*]')`;
  const keys = `list_transform(${list}, lambda a: a ->> '$.key')`;
  const firsts = `list_filter(${list}, lambda a, i: (a ->> '$.key') IS NOT NULL AND list_position(${keys}, a ->> '$.key') = i)`;
  return `to_json(map_from_entries(list_transform(${firsts}, lambda a: struct_pack(k := a ->> '$.key',
    v := coalesce(a ->> '$.value.stringValue', a ->> '$.value.intValue', a ->> '$.value.doubleValue', a ->> '$.value.boolValue')))))`;
}
