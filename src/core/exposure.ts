/** Variables that make Node print what it sends and receives, headers with credentials too. */
const VARIABLES = ['NODE_DEBUG', 'NODE_DEBUG_NATIVE'];

/** Options that open the memory, dump it, or write down the keys of connections. */
const OPTIONS =
  /^--(?:inspect|tls-keylog|trace-tls|trace-event|heapsnapshot|heap-prof|abort-on-uncaught-exception)/;

/**
 * Names the settings by which Node itself writes down what a program holds or sends, where no redaction of ours reaches.
 *
 * @param nodeArguments what stands between `node` and the program.
 * @returns names without their values, such as `NODE_DEBUG` or `--inspect-brk`.
 */
export function exposuresOf(
  env: Readonly<Record<string, string | undefined>>,
  nodeArguments: readonly string[] = [],
): readonly string[] {
  const variables = VARIABLES.filter((name) => env[name] !== undefined && env[name] !== '');
  const options = [...(env['NODE_OPTIONS'] ?? '').split(/\s+/), ...nodeArguments]
    // Node takes `_` for `-`, and quotes around a word.
    .map((word) => word.replaceAll('"', '').replaceAll('_', '-').replace(/=.*/s, ''))
    .filter((name) => OPTIONS.test(name));
  return [...new Set([...variables, ...options])];
}
