package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/region"
)

// permits is the part of the tables in which deadlines follow permits.
type permits interface {
	PermitEnd(context.Context, aid.AggregatorID) (aid.Day, bool, error)
	SetPermitEnd(context.Context, aid.AggregatorID, aid.Day) error
	Leaf(context.Context, aid.Leaf) ([]aid.Place, error)
	Commitments(context.Context, aid.RecipientID) ([]aid.Commitment, error)
	Rescheduled(ctx context.Context, c aid.Commitment, due time.Time) error
}

// follow finds the deadlines of commitments anew whose aggregator's permit ends
// on another day than they go by: that of base, or the one recorded by a former
// run. All of the map is read for it, which happens once for each change of a
// permit; a run that breaks off is made again by the next.
func follow(ctx context.Context, store permits, base, standing *region.Pack) error {
	changed := map[aid.AggregatorID]aid.Day{}
	for _, a := range standing.Aggregators {
		known, recorded, err := store.PermitEnd(ctx, a.ID)
		if err != nil {
			return fmt.Errorf("follow permits: %w", err)
		}
		if before, ok := base.Catalogue().Aggregators[a.ID]; !recorded && ok {
			known = before.Permit.End()
		}
		if end := a.Permit.End(); end != known {
			changed[a.ID] = end
		}
	}
	if len(changed) == 0 {
		return nil
	}
	moved := 0
	for _, leaf := range standing.Leaves() {
		n, err := followIn(ctx, store, leaf, changed, standing.Catalogue())
		if moved += n; err != nil {
			return fmt.Errorf("follow permits in %s: %w", leaf, err)
		}
	}
	for a, end := range changed {
		if err := store.SetPermitEnd(ctx, a, end); err != nil {
			return fmt.Errorf("follow permits: %w", err)
		}
	}
	slog.InfoContext(ctx, "permits followed", "aggregators", len(changed), "rescheduled", moved)
	return nil
}

// followIn does it in one leaf, and returns how many commitments have another
// deadline now.
func followIn(ctx context.Context, store permits, leaf aid.Leaf, changed map[aid.AggregatorID]aid.Day, cat *aid.Catalogue) (moved int, err error) {
	places, err := store.Leaf(ctx, leaf)
	if err != nil {
		return 0, err
	}
	for _, p := range places {
		if p.Activity.Open == 0 {
			continue
		}
		commitments, err := store.Commitments(ctx, p.Recipient.ID)
		if err != nil {
			return moved, err
		}
		for _, c := range commitments {
			due := c.Due(cat)
			if _, ok := changed[c.Aggregator]; !ok || due.Equal(c.DueAt) {
				continue
			}
			// One that moved meanwhile, or is gone, has found its deadline by itself; but
			// perhaps by the catalogue of a minute ago.
			switch err := store.Rescheduled(ctx, c, due); {
			case err == nil:
				moved++
			case errors.Is(err, aid.ErrNotFound):
			default:
				return moved, err
			}
		}
	}
	return moved, nil
}
