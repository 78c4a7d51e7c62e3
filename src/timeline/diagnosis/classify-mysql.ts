import type { DiagnosisKind } from './kinds.ts'

const numbers: readonly (readonly [DiagnosisKind, readonly number[]])[] = [
  ['schema', [1051, 1054, 1072, 1091, 1109, 1146, 1305]],
  ['constraint', [1048, 1062, 1169, 1216, 1217, 1451, 1452, 1557, 1586, 3819, 4025]],
  ['deadlock', [1213]],
  ['serialization', [1020]],
  ['timeout', [1205, 1317, 1969, 3024]],
  ['connection', [1040, 1049, 1053, 1077, 1129, 1203, 1226, 1927, 2002, 2003, 2006, 2013]],
  ['authentication', [1044, 1045, 1142, 1143, 1227, 1251, 1370, 1698]],
  ['validation', [1064, 1136, 1264, 1265, 1292, 1364, 1366, 1406, 1411, 1644]],
]
const byNumber: ReadonlyMap<string, DiagnosisKind> = new Map(
  numbers.flatMap(([kind, codes]) => codes.map((code) => [String(code), kind] as const)),
)

/** What an error number of MySQL or MariaDB means for whoever asked. */
export function classifyMysql(code: string): DiagnosisKind {
  return byNumber.get(code) ?? 'external-answer'
}
