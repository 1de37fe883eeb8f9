/** Asks for a bundle: what of it is wanted, a form for each, what it costs together, and for whom. */
import { toProblem, type Answers, type BundleOffer, type OfferedPart, type Problem } from '@itechsmart/api';
import { Alert, Box, Button, Stack, Typography } from '@mui/material';
import { useCallback, useState, type SubmitEvent } from 'react';
import { useNavigate } from 'react-router';
import { Price } from '#shared/catalog/Price';
import { namesOf } from '#shared/catalog/words';
import { count } from '#shared/format/text';
import { Section } from '#shared/ui/Page';
import { FormProblem } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { ForWhom, useRecipient } from '../ForWhom';
import { useSubmitBundle } from '../useOffer';
import { chosenOf, missing, priceOf, sorted } from './choice';
import { PartForm, type PartHandle } from './PartForm';

interface BundleFormProps {
  id: string;
  offer: BundleOffer;
  /** The places of what is not wanted. */
  left: ReadonlySet<number>;
  onLeft: (left: ReadonlySet<number>) => void;
  /** Whether the caller may ask for it at all. */
  sends: boolean;
}

export function BundleForm({ id, offer, left, onLeft, sends }: BundleFormProps) {
  const { parts } = offer;
  const names = namesOf(offer);
  const [handles] = useState(() => new Map<number, PartHandle>());
  // What was answered stays where an item changes under whoever answers.
  const [given, setGiven] = useState<Record<number, Answers>>({});
  const keep = useCallback((place: number, answers: Answers) => setGiven((current) => ({ ...current, [place]: answers })), []);
  const recipient = useRecipient();
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = useSubmitBundle(id);
  const navigate = useNavigate();
  const toast = useToast();
  const chosen = chosenOf(parts, left);
  const broken = missing(parts);

  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    setProblem(null);
    const wrong = chosen.filter(({ place }) => handles.get(place)?.check() === false);
    if (!recipient.check() || wrong.length > 0) return;
    try {
      const made = await submit.mutateAsync({
        bundle_version: offer.version,
        requested_for_id: recipient.id,
        parts: chosen.map(({ place, offered }) => ({ place, item_version: offered?.number ?? 0, answers: handles.get(place)?.toSend() ?? {} })),
      });
      toast(made.requests.length === 1 ? `Request ${made.requests[0]?.number} is sent.` : `${made.requests.length} requests are sent.`);
      await navigate(`/service-catalog/requests/${made.requests[0]?.id ?? ''}`);
    } catch (thrown) {
      setProblem(taken(toProblem(thrown)));
    }
  };

  /** Shows what was found where it belongs; gives back what belongs nowhere. */
  const taken = (found: Problem): Problem | null => {
    const { ofParts, rest } = sorted(found, chosen);
    const left = ofParts.map((one, at) => (one === undefined ? null : (handles.get(chosen[at]?.place ?? -1)?.take(one) ?? one)));
    const of = rest.find(({ field }) => field === '/requested_for_id');
    recipient.take(of?.detail);
    const shown = found.errors.length > 0 && left.every((one) => one === null) && rest.every((one) => one === of);
    return shown ? null : found;
  };

  return (
    <form onSubmit={(event) => void send(event)} noValidate aria-label="Your request">
      <Stack sx={{ gap: 2 }}>
        {broken.length > 0 && (
          <Alert severity="warning">
            {broken.map(({ name }) => name).join(', ')} cannot be asked for now, and the bundle not without. Whoever keeps the catalog has to look at it.
          </Alert>
        )}
        {parts.map((part) => (
          <Part key={part.place} part={part} handles={handles} wanted={chosen.includes(part)} onWanted={(wanted) => onLeft(changed(left, part.place, !wanted))} names={names} given={given[part.place] ?? {}} onKeep={keep} />
        ))}
        {sends && (
          <Section>
            <Stack sx={{ gap: 2, maxWidth: 760 }}>
              <ForWhom recipient={recipient} />
              <FormProblem problem={problem} />
              <Stack direction="row" sx={{ gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
                <Button type="submit" variant="contained" size="large" loading={submit.isPending} disabled={broken.length > 0 || chosen.length === 0}>
                  {chosen.length === 1 ? 'Send the request' : `Send ${count(chosen.length, 'request')}`}
                </Button>
                <Box>
                  <Typography variant="caption" color="textSecondary" component="p">
                    Together
                  </Typography>
                  <Typography variant="body2" sx={{ fontWeight: 600, fontVariantNumeric: 'tabular-nums' }}>
                    <Price of={priceOf(chosen)} />
                  </Typography>
                </Box>
              </Stack>
            </Stack>
          </Section>
        )}
      </Stack>
    </form>
  );
}

interface PartProps {
  part: OfferedPart;
  handles: Map<number, PartHandle>;
  wanted: boolean;
  onWanted: (wanted: boolean) => void;
  names: ReturnType<typeof namesOf>;
  given: Answers;
  onKeep: (place: number, answers: Answers) => void;
}

function Part({ part, handles, onKeep, ...rest }: PartProps) {
  const { place } = part;
  const hold = useCallback(
    (handle: PartHandle | null) => {
      if (handle === null) handles.delete(place);
      else handles.set(place, handle);
    },
    [handles, place],
  );
  const keep = useCallback((answers: Answers) => onKeep(place, answers), [onKeep, place]);
  return <PartForm ref={hold} part={part} onAnswers={keep} {...rest} />;
}

function changed(places: ReadonlySet<number>, place: number, on: boolean): ReadonlySet<number> {
  return new Set(on ? [...places, place] : [...places].filter((one) => one !== place));
}
