/** Sequences of what clients do, against a broker and a model of the specification that must agree at every step. */
import fc from 'fast-check'
import type { Target } from '../target.ts'
import { setTrap } from '../trap.ts'
import { checkLogs } from '../world.ts'
import { scenario } from './operation.ts'
import { Simulation } from './simulation.ts'

export const operationsTarget: Target = {
  name: 'operations',
  batch: 400,
  property: (tally) =>
    fc.asyncProperty(scenario, async (input) => {
      const trap = setTrap()
      const simulation = new Simulation(input)
      tally.cases++
      try {
        for (const operation of input.operations) {
          tally.operations++
          await simulation.run(operation)
          checkLogs(simulation.world)
          trap.check()
        }
        await simulation.finish()
        trap.check()
      } finally {
        await simulation.world.broker.close()
        trap.remove()
      }
    }),
}
