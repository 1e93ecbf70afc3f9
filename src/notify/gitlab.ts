import { sender } from './channel.ts';
import { type CommentHost, deliverComment } from './comment.ts';

/**
 * Keeps one note for each budget on an issue or merge request of GitLab.
 *
 * https://docs.gitlab.com/api/notes/
 */
export const gitlabChannel = sender('gitlab', async (channel, notice, place, ports) =>
  deliverComment(GITLAB, channel, notice, { place, ports }),
);

const GITLAB: CommentHost = {
  textMax: 1_000_000,
  headers: (token) => ({ 'private-token': token }),
  comments: (issue) => new URL(`${trimmed(issue)}/notes`, issue),
  comment: (issue, id) => new URL(`${trimmed(issue)}/notes/${id}`, issue),
  edit: 'PUT',
};

const trimmed = (issue: URL): string => issue.pathname.replace(/\/+$/, '');
