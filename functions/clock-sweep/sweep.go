package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// server lets time pass for one region.
type server struct {
	store     store
	files     files
	catalogue *aid.Catalogue
}

// files is the part of the vault that time works on.
type files interface {
	Remove(ctx context.Context, key string) error
}

// store is the part of the tables that time works on.
type store interface {
	DueBy(ctx context.Context, instant time.Time, each func(table.Due) error) error
	Commitment(context.Context, aid.RecipientID, aid.CommitmentID) (aid.Commitment, error)
	Move(context.Context, table.Change) error
	Complaint(context.Context, aid.ComplaintID) (aid.Complaint, error)
	MoveComplaint(ctx context.Context, before, after aid.Complaint, letters ...aid.LetterKind) error
}

// sweepEvent is what the schedule sends: the instant for which it fires, so
// that a run can be late, repeated or simulated.
type sweepEvent struct {
	Time time.Time `json:"time"`
}

// result is what one run did, for the log and for whoever started it.
type result struct {
	Due    int            `json:"due"`
	Moved  map[string]int `json:"moved"`  // by what was done
	Failed int            `json:"failed"` // the next run tries them again
}

// Several things move at once; of one that somebody else moves at the same
// moment, the decision is made anew, a few times.
const (
	workers = 8
	tries   = 3
	// longest is how many things time may do to one of them in a run: a sweep
	// that comes after months lets it lapse and forgets it in the same run.
	longest = 12
)

// handle does all that is due by the instant of the event. It decides from that
// instant and the ledger alone, and stores each decision on the condition that
// what it was made from still stands. A run that comes twice, late or not at
// all changes nothing about where a commitment ends.
func (s *server) handle(ctx context.Context, ev sweepEvent) (result, error) {
	if ev.Time.IsZero() {
		return result{}, errors.New("sweep: the event has no time")
	}
	now := ev.Time.UTC().Truncate(time.Millisecond)
	done := result{Moved: map[string]int{}}
	var (
		mu      sync.Mutex
		wg      sync.WaitGroup
		pending = make(chan table.Due)
	)
	for range workers {
		wg.Go(func() {
			for due := range pending {
				moves, err := s.pass(ctx, due, now)
				mu.Lock()
				for _, m := range moves {
					done.Moved[m]++
				}
				if err != nil {
					done.Failed++
					slog.ErrorContext(ctx, "time did not pass", "commitment", due.Commitment, "complaint", due.Complaint, "err", err)
				}
				mu.Unlock()
			}
		})
	}
	err := s.store.DueBy(ctx, now, func(due table.Due) error {
		done.Due++
		select {
		case pending <- due:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	close(pending)
	wg.Wait()
	slog.InfoContext(ctx, "time passed", "due", done.Due, "moved", done.Moved, "failed", done.Failed)
	if err != nil {
		return done, fmt.Errorf("sweep: %w", err)
	}
	if done.Failed > 0 {
		return done, fmt.Errorf("sweep: %d of %d failed", done.Failed, done.Due)
	}
	return done, nil
}

// pass lets time pass for one commitment or complaint, and returns what it did.
func (s *server) pass(ctx context.Context, due table.Due, now time.Time) (done []string, err error) {
	step := func() (string, error) { return s.commitment(ctx, due, now) }
	if due.Complaint != "" {
		step = func() (string, error) { return s.complaint(ctx, due.Complaint, now) }
	}
	for stale := 0; len(done) < longest; {
		what, err := step()
		switch {
		case errors.Is(err, aid.ErrStale) && stale < tries:
			// Somebody moved it since it was read, and was first: it is read again, and
			// what was due may be no longer. So a contact or a delivery always beats a
			// lapse that races it.
			stale++
		case errors.Is(err, aid.ErrNotFound):
			return done, nil // the index is behind the ledger
		case err != nil || what == "":
			return done, err
		default:
			done = append(done, what)
		}
	}
	return done, nil
}

// commitment does the first thing that is due to a commitment, and names it; it
// names nothing when nothing is due.
func (s *server) commitment(ctx context.Context, due table.Due, now time.Time) (string, error) {
	before, err := s.store.Commitment(ctx, due.Recipient, due.Commitment)
	if err != nil {
		return "", err
	}
	after, move, letters, ok := before.Elapsed(now, s.catalogue)
	if !ok {
		return "", nil
	}
	if move == aid.Forget && !before.SignedAt.IsZero() {
		// Before the rest: should it break off, the commitment is still due.
		if err := s.files.Remove(ctx, before.ID.StatementPath()); err != nil {
			return "", fmt.Errorf("forget signed statement: %w", err)
		}
	}
	return string(move), s.store.Move(ctx, table.Change{Move: move, Before: before, After: after, At: now, Letters: letters})
}

// complaint does the same to a complaint.
func (s *server) complaint(ctx context.Context, id aid.ComplaintID, now time.Time) (string, error) {
	before, err := s.store.Complaint(ctx, id)
	if err != nil {
		return "", err
	}
	after, move, letters, ok := before.Elapsed(now)
	if !ok {
		return "", nil
	}
	return string(move) + " complaint", s.store.MoveComplaint(ctx, before, after, letters...)
}
