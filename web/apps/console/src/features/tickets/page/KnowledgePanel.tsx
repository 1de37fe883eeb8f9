/** What a ticket was answered with, and articles that may answer it. */
import type { Ticket, TicketArticle } from '@itechsmart/api';
import { Box, IconButton, Link, Stack, Tooltip, Typography } from '@mui/material';
import { X } from 'lucide-react';
import { Link as RouterLink } from 'react-router';
import { isDone } from '#shared/catalog/tickets';
import { Suggestions } from '#shared/catalog/articles/Suggestions';
import { articlePath } from '#shared/catalog/articles/useArticles';
import { Failed, LoadingRows } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { useLinkChanges } from '../useLinkChanges';
import { useAnsweredWith } from './useLinks';

export function KnowledgePanel({ ticket, works }: { ticket: Ticket; works: boolean }) {
  const { data, error, refetch } = useAnsweredWith(ticket.id);
  if (data === undefined) return error === null ? <LoadingRows rows={2} /> : <Failed problem={error} retry={() => void refetch()} />;
  const { items } = data.data;
  return (
    <Stack sx={{ gap: 1.5 }}>
      {items.length === 0 ? (
        <Typography variant="body2" color="textSecondary">
          It was not answered with an article{works && !isDone(ticket.state) ? ' yet: a reply can have one' : ''}.
        </Typography>
      ) : (
        <Box component="ul" aria-label="Answered with" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}>
          {items.map((item) => (
            <One key={item.article_id} ticket={ticket.id} item={item} works={works} />
          ))}
        </Box>
      )}
      {works && !isDone(ticket.state) && <Suggestions title="Articles that may help" text={ticket.title} />}
    </Stack>
  );
}

function One({ ticket, item, works }: { ticket: string; item: TicketArticle; works: boolean }) {
  const { takeArticle } = useLinkChanges(ticket, undefined);
  const toast = useToast();
  return (
    <Box component="li" sx={{ display: 'flex', gap: 1, alignItems: 'flex-start', justifyContent: 'space-between' }}>
      <Box sx={{ minWidth: 0 }}>
        <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
          <Link component={RouterLink} to={articlePath(item.article_id)} underline="hover">
            {item.title}
          </Link>
        </Typography>
        <Typography variant="caption" color="textSecondary">
          Version {item.number}, <Time>{item.at}</Time>
        </Typography>
      </Box>
      {works && (
        <Tooltip title="It was not answered with it">
          <IconButton
            size="small"
            aria-label={`It was not answered with ${item.title}`}
            disabled={takeArticle.isPending}
            onClick={() => takeArticle.mutate(item.article_id, { onError: (problem) => toast(problem.detail, 'error') })}
          >
            <X size={15} aria-hidden />
          </IconButton>
        </Tooltip>
      )}
    </Box>
  );
}
