/**
 * Gives the address of a heading on the live page, as a text fragment: values are read there and nowhere else.
 *
 * It leads to the heading, never to a value; a heading with a digit is left out (https://wicg.github.io/scroll-to-text-fragment/).
 */
export function headingUrl(url: string, heading: string | undefined): string {
  const [page = url] = url.split('#');
  if (heading === undefined || /\d/.test(heading)) return page;
  const fragment = encodeURIComponent(heading.replaceAll('`', '')).replaceAll('-', '%2D');
  return `${page}#:~:text=${fragment}`;
}
