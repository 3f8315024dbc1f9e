import fc from 'fast-check'

/** Few levels, so that filters and names meet; empty, `$` and beyond ASCII, so that they meet at the edges. */
const level = fc.constantFrom('', 'a', 'b', 'c', '$a', 'é', '日本', '😀', 'a longer level than thirteen characters')
const levels = fc.oneof(
  { weight: 9, arbitrary: fc.array(level, { minLength: 1, maxLength: 5 }) },
  { weight: 1, arbitrary: fc.array(level, { minLength: 40, maxLength: 60 }) },
)
const filterLevels = fc.oneof(
  { weight: 9, arbitrary: fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 5 }) },
  { weight: 1, arbitrary: fc.array(fc.oneof(level, fc.constant('+')), { minLength: 40, maxLength: 60 }) },
)

/** Valid Topic Names. */
export const anyName: fc.Arbitrary<string> = levels.map((parts) => parts.join('/')).filter((name) => name !== '')

/** Valid Topic Filters without `$share`. */
export const anyFilter: fc.Arbitrary<string> = fc
  .tuple(filterLevels, fc.constantFrom('', '', '#'))
  .map(([parts, end]) => (end === '' ? parts : [...parts.slice(1), end]).join('/'))
  .filter((filter) => filter !== '')
