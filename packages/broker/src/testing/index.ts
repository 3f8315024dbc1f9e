// The names of @mq/broker/testing: for who writes a store.

export { storeContract } from '../store/contract.ts'
export type { StorePlace, TestRunner } from '../store/contract-place.ts'
