package table

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"ksbb/shared/aid"
)

// Access does as [Table.Access].
func (m *Memory) Access(_ context.Context, r aid.RecipientID) (Access, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.access[r]
	return Access{Version: max(1, a.Version), Paused: a.Paused}, nil
}

// Pause does as [Table.Pause].
func (m *Memory) Pause(ctx context.Context, r aid.RecipientID, paused bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.change(ctx, func() error {
		a := m.access[r]
		a.Paused = paused
		m.access[r] = a
		return nil
	})
}

// ReplaceLink does as [Table.ReplaceLink].
func (m *Memory) ReplaceLink(ctx context.Context, r aid.RecipientID, version int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.change(ctx, func() error {
		a := m.access[r]
		if a.Version >= version {
			return errRepeated
		}
		a.Version = version
		m.access[r] = a
		return nil
	})
	if err != nil {
		return fmt.Errorf("replace link of the steward of %s: %w", r, err)
	}
	return nil
}

// ConfirmNeed does as [Table.ConfirmNeed].
func (m *Memory) ConfirmNeed(ctx context.Context, leaf aid.Leaf, need aid.NeedID, still bool, on aid.Day, by string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.change(ctx, func() error {
		r, p, _ := splitNeed(need)
		place, found := m.placeOf(aid.Commitment{Recipient: r, Leaf: leaf})
		i := needIndex(place, p)
		if !found || i < 0 {
			return aid.ErrNotFound
		}
		n := &place.Needs[i]
		n.ConfirmedOn, n.ConfirmedBy = on, by
		if !still {
			*n = n.Changed(n.Needed-n.Remaining(), at)
			m.correct(leaf, enough(leaf, need, by, at).correction())
		}
		add(&place.Activity, aid.Standing{}, at)
		m.places[r] = place
		return nil
	})
	if err != nil {
		return fmt.Errorf("confirm need %s: %w", need, err)
	}
	return nil
}

// SetPlan does as [Table.SetPlan].
func (m *Memory) SetPlan(ctx context.Context, leaf aid.Leaf, r aid.RecipientID, p aid.Plan, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.change(ctx, func() error {
		place, found := m.placeOf(aid.Commitment{Recipient: r, Leaf: leaf})
		if !found {
			return aid.ErrNotFound
		}
		add(&place.Activity, aid.Standing{}, at)
		place.Activity.Plan = p
		m.places[r] = place
		return nil
	})
	if err != nil {
		return fmt.Errorf("set plan of %s: %w", r, err)
	}
	return nil
}

// RecordLook does as [Table.RecordLook].
func (m *Memory) RecordLook(ctx context.Context, l Look, day aid.Day) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.change(ctx, func() error {
		l.At, l.Of = moment(millis(l.At)), aid.Collaborator
		m.looks["COM#"+string(l.Commitment)] = append(m.looks["COM#"+string(l.Commitment)], l)
		m.looksOn[day] = append(m.looksOn[day], l)
		return nil
	})
}

// RecordStewardLook does as [Table.RecordStewardLook].
func (m *Memory) RecordStewardLook(ctx context.Context, l Look, day aid.Day) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.change(ctx, func() error {
		l.At, l.Of = moment(millis(l.At)), aid.Steward
		m.looks["SEEN#"+string(l.Recipient)] = append(m.looks["SEEN#"+string(l.Recipient)], l)
		m.looksOn[day] = append(m.looksOn[day], l)
		return nil
	})
}

// LooksAtCollaborator does as [Table.LooksAtCollaborator].
func (m *Memory) LooksAtCollaborator(_ context.Context, c aid.CommitmentID) ([]Look, error) {
	return m.looked(func() []Look { return m.looks["COM#"+string(c)] })
}

// LooksAtSteward does as [Table.LooksAtSteward].
func (m *Memory) LooksAtSteward(_ context.Context, r aid.RecipientID) ([]Look, error) {
	return m.looked(func() []Look { return m.looks["SEEN#"+string(r)] })
}

// LooksOn does as [Table.LooksOn].
func (m *Memory) LooksOn(_ context.Context, day aid.Day) ([]Look, error) {
	return m.looked(func() []Look { return m.looksOn[day] })
}

func (m *Memory) looked(which func() []Look) ([]Look, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := append([]Look{}, which()...)
	slices.SortStableFunc(all, func(a, b Look) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Commitment, b.Commitment))
	})
	return all, nil
}
