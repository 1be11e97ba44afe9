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
	catalogue *aid.Catalogue
}

// store is the part of the tables that time works on.
type store interface {
	DueBy(ctx context.Context, instant time.Time, each func(table.Due) error) error
	Commitment(context.Context, aid.RecipientID, aid.CommitmentID) (aid.Commitment, error)
	Move(context.Context, table.Change) error
}

// sweepEvent is what the schedule sends: the instant for which it fires, so
// that a run can be late, repeated or simulated.
type sweepEvent struct {
	Time time.Time `json:"time"`
}

// result is what one run did, for the log and for whoever started it.
type result struct {
	Due    int              `json:"due"`
	Moved  map[aid.Move]int `json:"moved"`
	Failed int              `json:"failed"` // the next run tries them again
}

// Several commitments move at once; of one that somebody else moves at the same
// moment, the decision is made anew, a few times.
const (
	workers = 8
	tries   = 3
	// longest is how many things time may do to one commitment in a run: a sweep
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
	done := result{Moved: map[aid.Move]int{}}
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

// pass lets time pass for one commitment, and returns the moves that it made.
func (s *server) pass(ctx context.Context, due table.Due, now time.Time) ([]aid.Move, error) {
	var made []aid.Move
	for range longest {
		m, more, err := s.step(ctx, due, now)
		if err != nil || !more {
			return made, err
		}
		made = append(made, m)
	}
	return made, nil
}

// step does the first thing that is due to a commitment, and tells whether
// there was one. Whoever moved the commitment since it was read was first: it is
// read again, and what was due may be no longer. So a contact or a delivery
// always beats a lapse that races it.
func (s *server) step(ctx context.Context, due table.Due, now time.Time) (aid.Move, bool, error) {
	for try := 1; ; try++ {
		before, err := s.store.Commitment(ctx, due.Recipient, due.Commitment)
		if errors.Is(err, aid.ErrNotFound) {
			return "", false, nil // the index is behind the ledger
		}
		if err != nil {
			return "", false, err
		}
		after, move, letters, ok := before.Elapsed(now, s.catalogue)
		if !ok {
			return "", false, nil
		}
		err = s.store.Move(ctx, table.Change{Move: move, Before: before, After: after, At: now, Letters: letters})
		switch {
		case err == nil:
			return move, true, nil
		case !errors.Is(err, aid.ErrStale) || try == tries:
			return "", false, err
		}
	}
}
