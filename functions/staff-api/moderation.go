package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// moderationStore is the part of the tables that says what was looked at and
// hidden.
type moderationStore interface {
	Moderation(ctx context.Context, r aid.RecipientID, c aid.CommitmentID) (table.Moderation, error)
	Moderate(ctx context.Context, c aid.Commitment, before table.Moderation, decided time.Time) error
	Hidden(context.Context, aid.CommitmentID) (aid.Hidden, error)
}

// Decisions about what a commitment shows that was written freely.
const (
	decideHideName         = "hide-name"
	decideHideText         = "hide-text" // beside one line
	decideModerated        = "moderated" // there is nothing to hide
	decideReopenModeration = "reopen-moderation"
)

// moderates tells whether a decision is about what is shown.
func moderates(decision string) bool {
	return slices.Contains([]string{decideHideName, decideHideText, decideModerated, decideReopenModeration}, decision)
}

// moderation is what a commitment shows, as somebody who looks at it finds it.
type moderation struct {
	table.Moderation
	known  bool // there was ever anything to look at
	hidden aid.Hidden
}

// moderationOf reads how what a commitment shows was judged.
func (s *server) moderationOf(ctx context.Context, c aid.Commitment) (moderation, error) {
	m, err := s.store.Moderation(ctx, c.Recipient, c.ID)
	if errors.Is(err, aid.ErrNotFound) {
		return moderation{}, nil
	}
	if err != nil {
		return moderation{}, err
	}
	found := moderation{Moderation: m, known: true}
	if c.NameHidden || len(c.TextsHidden) > 0 {
		found.hidden, err = s.store.Hidden(ctx, c.ID)
	}
	return found, err
}

// decisions lists what may be decided about what a commitment shows.
func (m moderation) decisions(c aid.Commitment) []string {
	may := []string{}
	if !m.known || !c.Allows(aid.Hide) {
		return may
	}
	if c.Name != "" {
		may = append(may, decideHideName)
	}
	for i, l := range c.Lines {
		if (l.Free != "" || l.Equivalent != "") && !slices.Contains(c.TextsHidden, i) {
			may = append(may, decideHideText)
			break
		}
	}
	if m.DecidedAt.IsZero() {
		return append(may, decideModerated)
	}
	return append(may, decideReopenModeration)
}

// moderate makes one decision about what a commitment shows. All that it writes
// carries the act of ctx.
func (s *server) moderate(ctx context.Context, f found, b decisionBody, now time.Time) error {
	m, err := s.moderationOf(ctx, f.Commitment)
	if err != nil {
		return err
	}
	if !slices.Contains(m.decisions(f.Commitment), b.Decision) {
		return &aid.StateError{State: f.State, Allowed: f.Allowed(aid.Officer)}
	}
	change := table.Change{Before: f.Commitment, At: now}
	switch b.Decision {
	case decideModerated:
		return s.store.Moderate(ctx, f.Commitment, m.Moderation, now)
	case decideHideName, decideHideText:
		var lines []int
		if b.Decision == decideHideText {
			if b.Line == nil {
				return invalid("/line", "required", "which line?")
			}
			lines = []int{*b.Line}
		}
		change.Move = aid.Hide
		change.After, change.Hidden, err = f.Without(b.Decision == decideHideName, lines, now, s.catalogue())
		if err != nil {
			return fmt.Errorf("commitment %s: %w", f.ID, err)
		}
		return s.store.Move(ctx, change)
	}
	return s.reopen(ctx, f, m, change)
}

// reopen puts back what was hidden, and has the whole looked at again.
func (s *server) reopen(ctx context.Context, f found, m moderation, change table.Change) error {
	if f.NameHidden || len(f.TextsHidden) > 0 {
		var err error
		change.Move, change.Hidden = aid.Show, m.hidden
		if change.After, err = f.With(m.hidden, change.At, s.catalogue()); err != nil {
			return fmt.Errorf("commitment %s: %w", f.ID, err)
		}
		if err := s.store.Move(ctx, change); err != nil {
			return err
		}
		f.Commitment = change.After
		if m, err = s.moderationOf(ctx, f.Commitment); err != nil {
			return err
		}
	}
	return s.store.Moderate(ctx, f.Commitment, m.Moderation, time.Time{})
}
