import { sender } from './channel.ts';
import { type CommentHost, deliverComment } from './comment.ts';

/**
 * Keeps one comment for each budget on an issue or pull request of GitHub.
 *
 * https://docs.github.com/en/rest/issues/comments
 */
export const githubChannel = sender('github', async (channel, notice, place, ports) =>
  deliverComment(GITHUB, channel, notice, { place, ports }),
);

const GITHUB: CommentHost = {
  textMax: 65_536,
  headers: (token) => ({
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'x-github-api-version': '2022-11-28',
  }),
  comments: (issue) => new URL(`${trimmed(issue)}/comments`, issue),
  comment: (issue, id) => new URL(`${trimmed(issue).replace(/\/\d+$/, '')}/comments/${id}`, issue),
  edit: 'PATCH',
};

const trimmed = (issue: URL): string => issue.pathname.replace(/\/+$/, '');
