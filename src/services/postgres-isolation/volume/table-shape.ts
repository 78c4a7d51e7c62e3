import type { OwnSession } from '../../../protocols/postgres/own-session.ts'
import { quoteText } from '../postgres-address.ts'
import { quoteTable } from '../insert-rows.ts'

/** A column, as far as it decides what can be in it. */
export interface ColumnShape {
  readonly number: number
  readonly name: string
  /** Of a domain, what it is made of: `int4`, `varchar`, `timestamptz`. */
  readonly type: string
  /** As a cast takes it. */
  readonly cast: string
  readonly isEnum: boolean
  readonly isArray: boolean
  readonly labels: readonly string[] | null
  readonly maxLength: number | null
  readonly precision: number | null
  readonly scale: number | null
  readonly notNull: boolean
  readonly default: string | null
  readonly generated: boolean
  readonly identity: boolean
  /** Conditions that are about this column alone, with `VALUE` or its name in them. */
  readonly checks: readonly string[]
}

/** Columns that refer to another table. */
export interface ForeignKeyShape {
  readonly columns: readonly string[]
  readonly parent: string
  readonly parentColumns: readonly string[]
}

/** A table, as far as it decides what rows it can have. */
export interface TableShape {
  /** As SQL takes it. */
  readonly name: string
  readonly columns: readonly ColumnShape[]
  /** Sets of columns of which no two rows have the same. */
  readonly uniques: readonly (readonly string[])[]
  readonly foreignKeys: readonly ForeignKeyShape[]
  /** Constraints by name, with their columns. */
  readonly constraints: Readonly<Record<string, readonly string[]>>
}

const names = (numbers: string, table: string): string =>
  `(SELECT json_agg(x.attname ORDER BY k.o) FROM unnest(${numbers}) WITH ORDINALITY k(n, o)
    JOIN pg_attribute x ON x.attrelid = ${table} AND x.attnum = k.n)`

/** Asks what a table is like. @throws PostgresFailed when there is no such table */
export async function readTableShape(session: OwnSession, table: string): Promise<TableShape> {
  const oid = `${quoteText(quoteTable(table))}::regclass`
  const [[json] = []] = await session.query(`SELECT json_build_object(
    'name', ${oid}::text,
    'columns', (SELECT json_agg(json_build_object(
        'number', a.attnum, 'name', a.attname, 'type', coalesce(b.typname, t.typname),
        'cast', format_type(a.atttypid, a.atttypmod), 'isEnum', coalesce(b.typtype, t.typtype) = 'e',
        'isArray', t.typcategory = 'A',
        'labels', (SELECT json_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = coalesce(b.oid, t.oid)),
        'maxLength', CASE WHEN coalesce(b.typname, t.typname) IN ('varchar', 'bpchar') AND m.m > 4 THEN m.m - 4 END,
        'precision', CASE WHEN coalesce(b.typname, t.typname) = 'numeric' AND m.m > 4 THEN ((m.m - 4) >> 16) & 65535 END,
        'scale', CASE WHEN coalesce(b.typname, t.typname) = 'numeric' AND m.m > 4 THEN (m.m - 4) & 2047 END,
        'notNull', a.attnotnull OR t.typnotnull, 'default', pg_get_expr(d.adbin, d.adrelid),
        'generated', a.attgenerated <> '', 'identity', a.attidentity <> '',
        'checks', (SELECT coalesce(json_agg(pg_get_constraintdef(c.oid)), '[]') FROM pg_constraint c
          WHERE c.contype = 'c' AND (c.contypid = t.oid OR c.conrelid = a.attrelid AND c.conkey = ARRAY[a.attnum])))
        ORDER BY a.attnum)
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_type b ON b.oid = t.typbasetype
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      CROSS JOIN LATERAL (SELECT CASE WHEN b.oid IS NULL THEN a.atttypmod ELSE t.typtypmod END AS m) m
      WHERE a.attrelid = ${oid} AND a.attnum > 0 AND NOT a.attisdropped),
    'uniques', (SELECT coalesce(json_agg(${names(
      `ARRAY(SELECT k FROM unnest(i.indkey::int2[]) k WHERE k > 0 UNION
        SELECT p.refobjsubid::int2 FROM pg_depend p
        WHERE p.objid = i.indexrelid AND p.refobjid = i.indrelid AND p.refobjsubid > 0)`,
      'i.indrelid',
    )}), '[]') FROM pg_index i WHERE i.indrelid = ${oid} AND i.indisunique),
    'foreignKeys', (SELECT coalesce(json_agg(json_build_object('columns', ${names('f.conkey', 'f.conrelid')},
        'parent', f.confrelid::regclass::text, 'parentColumns', ${names('f.confkey', 'f.confrelid')}) ORDER BY f.conname), '[]')
      FROM pg_constraint f WHERE f.conrelid = ${oid} AND f.contype = 'f' AND f.conparentid = 0),
    'constraints', (SELECT coalesce(json_object_agg(c.conname, ${names('c.conkey', 'c.conrelid')}), '{}')
      FROM pg_constraint c WHERE c.conrelid = ${oid} AND c.conkey IS NOT NULL))`)
  return JSON.parse(json!) as TableShape
}
