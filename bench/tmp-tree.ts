import { measureTree } from './scale-tree.ts'
measureTree(1_000_000)
process.exit(0)
