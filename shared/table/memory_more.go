package table

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"ksbb/shared/aid"
)

// History does as [Ledger.History].
func (m *Memory) History(ctx context.Context, r aid.RecipientID) ([]aid.Commitment, []aid.Evidence, error) {
	commitments, err := m.Commitments(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return commitments, m.evidenceWhere(func(e aid.Evidence) bool { return e.Recipient == r && e.Commitment != "" }), nil
}

// Find does as [Table.Find].
func (m *Memory) Find(_ context.Context, number string) (aid.RecipientID, aid.CommitmentID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id, ok := m.numbers[number]
	if !ok {
		return "", "", fmt.Errorf("commitment %s: %w", number, aid.ErrNotFound)
	}
	return aid.RecipientID(m.submissions[id].Recipient), id, nil
}

// Locate does as [Table.Locate].
func (m *Memory) Locate(ctx context.Context, id aid.CommitmentID) (aid.RecipientID, error) {
	r, _, err := m.Find(ctx, id.Number())
	return r, err
}

// Post does as [Table.Post].
func (m *Memory) Post(_ context.Context, c aid.Commitment, kind aid.LetterKind, serial int64, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.letters[LetterKeyOf(c.ID, serial, kind)]; !there {
		m.post(c, kind, serial, at)
	}
	return nil
}

// AddEvidence does as [Table.AddEvidence].
func (m *Memory) AddEvidence(_ context.Context, e aid.Evidence) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.evidence[refOf(e)]; there {
		return fmt.Errorf("add evidence %s: %w", e.ID, aid.ErrExists)
	}
	m.evidence[refOf(e)] = evidenceItemOf(e).evidence()
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

// DueBy does as [Table.DueBy].
func (m *Memory) DueBy(_ context.Context, instant time.Time, each func(Due) error) error {
	m.mu.Lock()
	var due []Due
	for _, r := range sortedKeys(m.commitments) {
		for _, id := range sortedKeys(m.commitments[r]) {
			if at := m.commitments[r][id].DueAt; !at.IsZero() && !at.After(instant) {
				due = append(due, Due{Recipient: r, Commitment: id})
			}
		}
	}
	due = append(due, m.dueComplaints(instant)...)
	m.mu.Unlock() // each moves what it is called with
	for _, d := range due {
		if err := each(d); err != nil {
			return err
		}
	}
	return nil
}

// Access does as [Table.Access].
func (m *Memory) Access(_ context.Context, r aid.RecipientID) (Access, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.access[r]
	return Access{Version: max(1, a.Version), Paused: a.Paused}, nil
}

// Pause does as [Table.Pause].
func (m *Memory) Pause(_ context.Context, r aid.RecipientID, paused bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.access[r]
	a.Paused = paused
	m.access[r] = a
	return nil
}

// ReplaceLink does as [Table.ReplaceLink].
func (m *Memory) ReplaceLink(_ context.Context, r aid.RecipientID, version int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.access[r]
	a.Version = max(a.Version, version)
	m.access[r] = a
	return nil
}

// ConfirmNeed does as [Table.ConfirmNeed].
func (m *Memory) ConfirmNeed(_ context.Context, leaf aid.Leaf, need aid.NeedID, still bool, on aid.Day, by string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, p, _ := splitNeed(need)
	place, found := m.placeOf(aid.Commitment{Recipient: r, Leaf: leaf})
	i := needIndex(place, p)
	if !found || i < 0 {
		return fmt.Errorf("confirm need %s: %w", need, aid.ErrNotFound)
	}
	n := &place.Needs[i]
	n.ConfirmedOn, n.ConfirmedBy = on, by
	if !still {
		n.Needed -= n.Remaining()
		if m.corrections[leaf] == nil {
			m.corrections[leaf] = map[int64]aid.Correction{}
		}
		m.corrections[leaf][millis(at)] = enough(leaf, need, by, at).correction()
	}
	add(&place.Activity, aid.Standing{}, at)
	m.places[r] = place
	return nil
}

// SetPlan does as [Table.SetPlan].
func (m *Memory) SetPlan(_ context.Context, leaf aid.Leaf, r aid.RecipientID, p aid.Plan, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	place, found := m.placeOf(aid.Commitment{Recipient: r, Leaf: leaf})
	if !found {
		return fmt.Errorf("set plan of %s: %w", r, aid.ErrNotFound)
	}
	add(&place.Activity, aid.Standing{}, at)
	place.Activity.Plan = p
	m.places[r] = place
	return nil
}

// RecordLook does as [Table.RecordLook].
func (m *Memory) RecordLook(_ context.Context, l Look, day aid.Day) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	l.At = moment(millis(l.At))
	m.looks["COM#"+string(l.Commitment)] = append(m.looks["COM#"+string(l.Commitment)], l)
	m.looksOn[day] = append(m.looksOn[day], l)
	return nil
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

// Spend does as [Table.Spend].
func (m *Memory) Spend(_ context.Context, kind, id string, day aid.Day, limit int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := budgetKey(budget{kind: kind, id: id, day: day})
	if m.counts[k] >= int64(limit) {
		return fmt.Errorf("spend %s on %s: %w", kind, day, &aid.QuotaError{Budget: kind})
	}
	m.counts[k]++
	return nil
}

// UseChallenge does as [Table.UseChallenge].
func (m *Memory) UseChallenge(_ context.Context, id string, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, used := m.challenges[id]; used {
		return fmt.Errorf("use challenge: %w", aid.ErrChallenge)
	}
	m.challenges[id] = ""
	return nil
}

// Try does as [Table.Try].
func (m *Memory) Try(_ context.Context, kind, id string, day aid.Day, limit int) (int, error) {
	if _, err := aid.ParseDay(string(day)); err != nil {
		return 0, fmt.Errorf("try %s on %s: %w", kind, day, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k := budgetKey(budget{kind: kind, id: id, day: day})
	if m.counts[k] >= int64(limit) {
		return 0, fmt.Errorf("try %s on %s: %w", kind, day, &aid.QuotaError{Budget: kind})
	}
	m.counts[k]++
	return limit - int(m.counts[k]), nil
}

// GiveBack does as [Table.GiveBack].
func (m *Memory) GiveBack(_ context.Context, kind, id string, day aid.Day) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := budgetKey(budget{kind: kind, id: id, day: day})
	m.counts[k] = max(0, m.counts[k]-1)
	return nil
}

// WantsReminders does as [Table.WantsReminders].
func (m *Memory) WantsReminders(_ context.Context, c aid.CollaboratorID) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.silent[c], nil
}

// SetReminders does as [Table.SetReminders].
func (m *Memory) SetReminders(_ context.Context, c aid.CollaboratorID, wanted bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.silent[c] = !wanted
	return nil
}

// NoteOf does as [Table.NoteOf].
func (m *Memory) NoteOf(_ context.Context, c aid.CommitmentID, d aid.DeliveryID) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.notes[noteKey(c, d)], nil
}
