package table

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"ksbb/shared/aid"
)

// AddEvidence does as [Table.AddEvidence].
func (m *Memory) AddEvidence(ctx context.Context, e aid.Evidence) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.change(ctx, func() error {
		if _, there := m.evidence[refOf(e)]; there {
			return aid.ErrExists
		}
		m.evidence[refOf(e)] = evidenceItemOf(e).evidence()
		return nil
	})
	if err != nil {
		return fmt.Errorf("add evidence %s: %w", e.ID, err)
	}
	return nil
}

// Evidence does as [Table.Evidence].
func (m *Memory) Evidence(_ context.Context, ref EvidenceRef) (aid.Evidence, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.evidence[ref]
	if !ok {
		return aid.Evidence{}, fmt.Errorf("evidence %s: %w", ref.ID, aid.ErrNotFound)
	}
	return e, nil
}

// EvidenceOf does as [Table.EvidenceOf].
func (m *Memory) EvidenceOf(_ context.Context, r aid.RecipientID, c aid.CommitmentID) ([]aid.Evidence, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.evidenceWhere(func(e aid.Evidence) bool { return e.Recipient == r && e.Commitment == c }), nil
}

func (m *Memory) evidenceWhere(want func(aid.Evidence) bool) []aid.Evidence {
	all := []aid.Evidence{}
	for _, e := range m.evidence {
		if want(e) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b aid.Evidence) int {
		return cmp.Or(cmp.Compare(a.Commitment, b.Commitment), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// JudgeEvidence does as [Table.JudgeEvidence].
func (m *Memory) JudgeEvidence(_ context.Context, e aid.Evidence) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, ok := m.evidence[refOf(e)]
	if !ok {
		return fmt.Errorf("judge evidence %s: %w", e.ID, aid.ErrNotFound)
	}
	if old.State != aid.EvidenceAwaited {
		return nil
	}
	if e.Commitment != "" && e.State == aid.EvidenceAccepted {
		place, found := m.placeOf(aid.Commitment{Recipient: e.Recipient, Leaf: e.Leaf})
		if !found {
			return fmt.Errorf("judge evidence %s: activity of %s in %s: %w", e.ID, e.Recipient, e.Leaf, aid.ErrNotFound)
		}
		add(&place.Activity, aid.Standing{}, e.CheckedAt)
		m.places[e.Recipient] = place
	}
	old.State, old.Refusal, old.Version, old.CheckedAt = e.State, e.Refusal, e.Version, moment(millis(e.CheckedAt))
	m.evidence[refOf(e)] = old
	return nil
}
