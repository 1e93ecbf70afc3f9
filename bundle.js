// How the release is bundled: benches bundle what they measure as it is.

/** Leaves out zod's messages in other languages, which every command would read: they are half of it. */
function oneLanguage() {
  const setup = (bundle) =>
    bundle.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({ contents: 'export {};' }));
  return { name: 'one-language', setup };
}

/** Takes the engine's native code from where its JavaScript, which is bundled, would find it. */
function nativeOutside() {
  const contents = `import { createRequire } from 'node:module';
    const api = createRequire(import.meta.url).resolve('@duckdb/node-api');
    export default createRequire(api)('@duckdb/node-bindings');`;
  const setup = (bundle) => {
    bundle.onResolve({ filter: /^@duckdb\/node-bindings$/ }, ({ path }) => ({
      path,
      namespace: 'native',
    }));
    bundle.onLoad({ filter: /./, namespace: 'native' }, () => ({ contents }));
  };
  return { name: 'native-outside', setup };
}

export const bundleOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [oneLanguage(), nativeOutside()],
  // Some dependencies are CommonJS and require node's own modules.
  banner: {
    js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
  },
};
