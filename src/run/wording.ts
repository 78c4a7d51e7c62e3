export { age, ageSpan, duration, plural } from '../core/wording.ts'
