package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/publish"
	"ksbb/shared/region"
)

// server audits one region.
type server struct {
	pack      *region.Pack
	facts     facts
	publisher sweeper
	counter   counter
	tree      publish.Store
}

type facts interface {
	Leaf(context.Context, aid.Leaf) ([]aid.Place, error)
	Commitments(context.Context, aid.RecipientID) ([]aid.Commitment, error)
}

// counter counts complaints in public. They grow older by themselves.
type counter interface {
	Count(context.Context, time.Time) (changed bool, err error)
}

type sweeper interface {
	Sweep(context.Context, publish.Pick, time.Time) (publish.Report, error)
}

// sweepEvent is what the schedule sends: the instant for which it fires, so
// that a run can be late, repeated or simulated.
type sweepEvent struct {
	Time time.Time `json:"time"`
	// Everyone sweeps all recipients at once instead of in a day: after a
	// deployment, so that no page of before meets a script of after.
	Everyone bool `json:"everyone"`
}

// result is what one run found, for the log and for whoever started it.
type result struct {
	Generation int64 `json:"generation"`
	Repaired   int   `json:"repaired"` // files that were not what the facts say
	Refused    int   `json:"refused"`  // areas whose old figures stand
	Untrue     int   `json:"untrue"`   // need lines whose counters disagree with the commitments
}

// handle sweeps. The very first run, before any manifest, and whoever asks for it
// writes every recipient's files; others rotate through them in a day.
func (s *server) handle(ctx context.Context, ev sweepEvent) (result, error) {
	pick := publish.Rotating(ev.Time)
	if _, err := s.tree.Get(ctx, publish.ManifestPath); ev.Everyone || errors.Is(err, aid.ErrNotFound) {
		pick = publish.Everyone
	}
	report, err := s.publisher.Sweep(ctx, pick, ev.Time)
	for _, r := range report.Refused {
		slog.ErrorContext(ctx, "area refused", "area", r.Area, "reason", r.Reason)
	}
	if err != nil {
		return result{}, fmt.Errorf("sweep: %w", err)
	}
	recounted, err := s.counter.Count(ctx, ev.Time)
	if err != nil {
		return result{}, fmt.Errorf("sweep: %w", err)
	}
	if recounted {
		report.Written++
	}
	untrue, err := s.audit(ctx, publish.Rotating(ev.Time))
	if err != nil {
		return result{}, err
	}
	if err := publish.Check(ctx, s.tree); err != nil {
		return result{}, fmt.Errorf("check the published tree: %w", err)
	}
	done := result{Generation: report.Generation, Repaired: report.Written, Refused: len(report.Refused), Untrue: untrue}
	slog.InfoContext(ctx, "swept", "generation", done.Generation, "repaired", done.Repaired, "refused", done.Refused, "untrue", done.Untrue)
	return done, nil
}

// audit adds up the commitments of the picked recipients and compares the sums
// with the counters of their need lines. It changes nothing: which of the two is
// wrong is for people to find out.
func (s *server) audit(ctx context.Context, pick publish.Pick) (untrue int, err error) {
	for _, leaf := range s.pack.Leaves() {
		places, err := s.facts.Leaf(ctx, leaf)
		if err != nil {
			return untrue, fmt.Errorf("read leaf %s: %w", leaf, err)
		}
		for _, p := range places {
			if !pick(p) {
				continue
			}
			wrong, err := s.auditPlace(ctx, leaf, p)
			if err != nil {
				return untrue, err
			}
			for _, what := range wrong {
				slog.ErrorContext(ctx, "counters untrue", "what", what)
			}
			untrue += len(wrong)
		}
	}
	return untrue, nil
}

// auditPlace names the need lines of a place, and its activity, that disagree
// with its commitments. The place was read before them, so a disagreement counts only if
// it is still there, unchanged, on a second look.
func (s *server) auditPlace(ctx context.Context, leaf aid.Leaf, p aid.Place) ([]string, error) {
	id := p.Recipient.ID
	commitments, err := s.facts.Commitments(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read commitments of %s: %w", id, err)
	}
	needs, activity := aid.Untrue(p, commitments)
	var wrong []string
	for _, need := range needs {
		wrong = append(wrong, string(need))
	}
	if activity {
		wrong = append(wrong, "activity of "+string(id))
	}
	if len(wrong) == 0 {
		return nil, nil
	}
	again, err := s.facts.Leaf(ctx, leaf)
	if err != nil {
		return nil, fmt.Errorf("read leaf %s: %w", leaf, err)
	}
	for _, q := range again {
		if q.Recipient.ID == id && q.Activity.Rev != p.Activity.Rev {
			return nil, nil // it moved meanwhile; the next run looks again
		}
	}
	return wrong, nil
}
