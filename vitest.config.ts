import { defineConfig, type ViteUserConfig } from 'vitest/config'

// One run over the whole workspace. Packages are read from their sources (condition @mq/source), so a test needs no build;
// only tests of the executable do, and scripts/test.mjs builds first.
const conditions = ['@mq/source', 'node', 'module', 'import', 'default']
const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node', 'module', 'import', 'default'] } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'apps/*/{src,test}/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
  },
})

export default config
