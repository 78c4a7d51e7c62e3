export { namedAfter } from '../../matrix/cell.ts'
export type { PlannedCell } from './plan-file.ts'
