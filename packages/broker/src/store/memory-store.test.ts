import { describe, test } from 'vitest'
import { storeContract } from './contract.ts'
import { memoryStore } from './memory-store.ts'

storeContract(
  'memory',
  () => {
    const store = memoryStore()
    return { open: () => store }
  },
  { describe, test },
)
