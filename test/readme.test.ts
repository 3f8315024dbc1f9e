// The examples of every README that say they run, do. The mark stands on the line before the fence:
//
//     <!-- run -->                  the example is a whole program: it ends by itself, with exit code 0
//     <!-- run with a broker -->    the same, and mqtt://localhost:1883 in it means a broker that the test provides
//
// Each one is type-checked and run against the built packages (`npm test` builds first), as a reader would have them.

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from './source.ts'

interface Example {
  readonly title: string
  readonly code: string
  readonly needsBroker: boolean
}

const run = promisify(execFile)
const brokerUrl = 'mqtt://localhost:1883'

function examplesOf(readme: string, text: string): Example[] {
  const marked = /<!-- run( with a broker)? -->\s*```(?:js|ts|javascript|typescript)\n([\s\S]*?)\n```/g
  return [...text.matchAll(marked)].map(([, broker, code = ''], i) => ({
    title: `${readme}, example ${i + 1}`,
    code,
    needsBroker: broker !== undefined,
  }))
}

function readmes(): string[] {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  )
  const files = ['README.md', ...folders.map((folder) => `${folder}/README.md`)]
  return files.filter((file) => readdirSync(join(root, file, '..')).includes('README.md'))
}

const examples = readmes().flatMap((file) => examplesOf(file, readFileSync(join(root, file), 'utf8')))

describe('the examples', () => {
  let folder = ''

  beforeAll(() => {
    // Inside the workspace, where @mq/* resolves as in a project that has installed it.
    const cache = join(root, 'node_modules', '.cache')
    mkdirSync(cache, { recursive: true })
    folder = mkdtempSync(join(cache, 'readme-'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('are found', () => {
    expect(examples.length).toBeGreaterThan(0)
    expect(
      examplesOf('f', '<!-- run -->\n\n```js\none\n```\n```js\ntwo\n```\n<!-- run with a broker -->\n```ts\n3\n```'),
    ).toEqual([
      { title: 'f, example 1', code: 'one', needsBroker: false },
      { title: 'f, example 2', code: '3', needsBroker: true },
    ])
  })

  test.each(examples)('$title runs', async ({ title, code, needsBroker }) => {
    const name = title.replace(/\W+/g, '-')
    const provided = needsBroker ? `${providedBroker}\n` : ''
    // Next to nothing may differ from what the reader sees: the broker's address, and a broker that goes away at the end.
    writeFileSync(join(folder, `${name}.ts`), code)
    const compiled = join(folder, 'out')
    const options = { module: 'nodenext', target: 'es2022', strict: true, types: ['node'], skipLibCheck: true }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...options, outDir: compiled }, files: [`${name}.ts`] }),
    )
    await run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', folder]).catch((error) => {
      throw new Error(`it does not type-check:\n${error.stdout}`)
    })
    const javascript = readFileSync(join(compiled, `${name}.js`), 'utf8')
    const program = join(compiled, `${name}.run.js`)
    writeFileSync(program, needsBroker ? provided + javascript.replaceAll(`'${brokerUrl}'`, 'providedUrl') : javascript)
    await run(process.execPath, [program], { cwd: folder, timeout: 20_000 }).catch((error) => {
      throw new Error(`it ended with ${error.code ?? error.signal}:\n${error.stdout}${error.stderr}`)
    })
  })
})

// It must not keep the example alive, so it lives in another thread, which ends with the program.
const providedBroker = `
import { Worker as ProvidedWorker } from 'node:worker_threads'
const providedWorker = new ProvidedWorker(\`
  import('node:worker_threads').then(async ({ parentPort }) => {
    const { createBroker } = await import('@mq/broker')
    const { url } = await createBroker().listen('tcp://127.0.0.1:0')
    parentPort.postMessage(String(url).replace('tcp:', 'mqtt:'))
  })\`, { eval: true })
const providedUrl = await new Promise((resolve, reject) => providedWorker.once('message', resolve).once('error', reject))
providedWorker.unref()`
