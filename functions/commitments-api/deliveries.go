package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// maxNote is the longest note beside a delivery, in characters.
const maxNote = 500

// report records a delivery under an id the sender chose, so that sending it
// again is harmless.
func (s *server) report(ctx context.Context, in *reportInput) (*commitmentAnswer, error) {
	if _, err := newID(in.Delivery); err != nil {
		return nil, invalid("/deliveryId", "unknown", "want a UUIDv7 in lower case")
	}
	note, err := cleanNote(in.Body.Note)
	if err != nil {
		return nil, err
	}
	return s.move(ctx, in.Holder, func(_ aid.Credential, c aid.Commitment, now time.Time) (table.Change, error) {
		quantities, err := quantitiesOf(c, in.Body.Lines)
		if err != nil {
			return table.Change{}, err
		}
		report := aid.DeliveryReport{ID: aid.DeliveryID(in.Delivery), On: in.Body.Date, Quantities: quantities, Evidence: in.Body.Evidence}
		if _, known := c.Delivery(report.ID); known {
			// What stood beside it is part of what was asked.
			stood, err := s.store.NoteOf(ctx, c.ID, report.ID)
			if err != nil {
				return table.Change{}, err
			}
			if stood != note {
				return table.Change{}, fmt.Errorf("delivery %s: %w", report.ID, aid.ErrExists)
			}
		} else if err := s.checkEvidence(ctx, c, report.Evidence); err != nil {
			return table.Change{}, err
		}
		after, err := c.Reported(report, now, s.catalogue())
		return table.Change{
			After: after, Letters: []aid.LetterKind{aid.LetterStewardReported}, Note: table.Note{Delivery: report.ID, Text: note},
		}, err
	})
}

// cleanNote returns a note on one line: people break theirs where their phone is
// too narrow.
func cleanNote(typed string) (string, error) {
	note, err := aid.CleanText(strings.Join(strings.Fields(typed), " "), maxNote)
	var refused *aid.TextError
	if errors.As(err, &refused) {
		return "", invalid("/note", refused.Code, refused.Detail)
	}
	return note, err
}

// quantitiesOf returns one figure for each line of a commitment. Lines that are
// not named count 0.
func quantitiesOf(c aid.Commitment, named []quantityBody) ([]int64, error) {
	quantities, seen := make([]int64, len(c.Lines)), map[int]bool{}
	for i, n := range named {
		at := fmt.Sprintf("/lines/%d/line", i)
		if n.Line < 0 || n.Line >= len(quantities) {
			return nil, invalid(at, "unknown", "the commitment has no such line")
		}
		if seen[n.Line] {
			return nil, invalid(at, "duplicate", "the same line twice")
		}
		seen[n.Line] = true
		quantities[n.Line] = n.Quantity
	}
	return quantities, nil
}

// checkEvidence refuses files that were not announced for this commitment as
// evidence of a delivery, or that were refused.
func (s *server) checkEvidence(ctx context.Context, c aid.Commitment, named []aid.EvidenceID) error {
	if len(named) == 0 {
		return nil
	}
	announced, err := s.store.EvidenceOf(ctx, c.Recipient, c.ID)
	if err != nil {
		return err
	}
	for i, id := range named {
		at := fmt.Sprintf("/evidence/%d", i)
		if slices.Contains(named[:i], id) {
			return invalid(at, "duplicate", "the same file twice")
		}
		if !slices.ContainsFunc(announced, func(e aid.Evidence) bool {
			return e.ID == id && e.State != aid.EvidenceRefused && e.Kind != aid.EvidenceStatement
		}) {
			return invalid(at, "unknown", "no such file, or it was refused")
		}
	}
	return nil
}

// settle ends a dispute by accepting what the steward confirmed.
func (s *server) settle(ctx context.Context, in *settleInput) (*commitmentAnswer, error) {
	return s.move(ctx, in.Holder, func(_ aid.Credential, c aid.Commitment, now time.Time) (table.Change, error) {
		after, err := c.SettledAs(in.Delivery, nil, aid.Collaborator, now, s.catalogue())
		if d, ok := after.Delivery(in.Delivery); ok && some(d.Received) {
			return plain(after, err, aid.LetterReceived)
		}
		return plain(after, err) // nothing arrived: there is nothing to give thanks for
	})
}
