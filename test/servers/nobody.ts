/** Where nobody listens: a port that was free a moment ago may be another test's by now, this one is never given out. */
export const NOBODY = '127.0.0.1:1';
