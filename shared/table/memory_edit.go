package table

import (
	"context"
	"fmt"
	"slices"

	"ksbb/shared/aid"
)

// memoryEdits is the part of [Memory] that offices edit.
type memoryEdits struct {
	versions map[aid.RecipientID][]aid.RecipientVersion // the oldest first
}

func newMemoryEdits() memoryEdits {
	return memoryEdits{versions: map[aid.RecipientID][]aid.RecipientVersion{}}
}

// PutRecipient does as [Table.PutRecipient].
func (m *Memory) PutRecipient(ctx context.Context, e RecipientEdit) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := checkEdit(e)
	if err == nil {
		err = m.change(ctx, func() error { return m.edit(e) })
	}
	if err != nil {
		return fmt.Errorf("put recipient %s: %w", e.After.ID, err)
	}
	return nil
}

func (m *Memory) edit(e RecipientEdit) error {
	id := e.After.ID
	_, there := m.leaves[id]
	switch {
	case e.Before.ID == "" && there:
		return aid.ErrExists
	case e.Before.ID != "" && (!there || m.leaves[id] != e.Leaf || m.places[id].Recipient.Edits != e.Before.Edits):
		return aid.ErrStale
	}
	after, version := e.edited()
	place := copyPlace(m.places[id])
	place.Recipient = after
	if !there {
		m.leaves[id] = e.Leaf
	}
	add(&place.Activity, aid.Standing{}, e.At)
	m.places[id] = copyPlace(place)
	stored, err := versionItemOf(id, version).version()
	if err != nil {
		return err
	}
	m.versions[id] = append(m.versions[id], stored)
	if e.Steward != nil {
		m.stewards[id] = *e.Steward
	}
	if c, falls := fewer(e); falls {
		m.correct(e.Leaf, correctionItemOf(e.Leaf, c).correction())
	}
	return nil
}

// StewardsWith does as [Table.StewardsWith].
func (m *Memory) StewardsWith(_ context.Context, phone string) ([]aid.RecipientID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []aid.RecipientID{}
	for _, r := range sortedKeys(m.stewards) {
		if phone != "" && m.stewards[r].Phone == phone && len(all) < maxStewards {
			all = append(all, r)
		}
	}
	return all, nil
}

// Versions does as [Table.Versions].
func (m *Memory) Versions(_ context.Context, r aid.RecipientID) ([]aid.RecipientVersion, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	versions := append([]aid.RecipientVersion{}, m.versions[r]...)
	slices.Reverse(versions)
	return versions, nil
}

// PutNeed does as [Table.PutNeed].
func (m *Memory) PutNeed(ctx context.Context, e NeedEdit) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := checkNeedEdit(e)
	if err == nil {
		err = m.change(ctx, func() error { return m.editNeed(e) })
	}
	if err != nil {
		return fmt.Errorf("put need %s: %w", e.After.ID, err)
	}
	return nil
}

func (m *Memory) editNeed(e NeedEdit) error {
	r := e.After.Recipient
	place, found := m.placeOf(aid.Commitment{Recipient: r, Leaf: e.Leaf})
	i := needIndex(place, e.After.Package)
	switch {
	case (i < 0) != (e.Before.ID == ""):
		return aid.ErrStale
	case !found:
		return fmt.Errorf("activity of %s in %s: %w", r, e.Leaf, aid.ErrNotFound)
	case i < 0:
		place.Needs = append(place.Needs, e.edited())
	default:
		stored := place.Needs[i]
		if stored.Edits != e.Before.Edits || stored.Needed != e.Before.Needed {
			return aid.ErrStale
		}
		e.Before = stored
		if place.Needs[i] = e.edited(); place.Needs[i].Remaining() < 0 {
			return &aid.InvalidError{Fields: []aid.Field{aid.PromisedField(stored.Needed - stored.Remaining())}}
		}
	}
	add(&place.Activity, aid.Standing{}, e.At)
	m.places[r] = copyPlace(place)
	if e.After.Needed < e.Before.Needed {
		m.correct(e.Leaf, correctionItemOf(e.Leaf, lessNeeded(e)).correction())
	}
	return nil
}

// CloseRecipient does as [Table.CloseRecipient].
func (m *Memory) CloseRecipient(ctx context.Context, c Closing) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.change(ctx, func() error { return m.close(c) }); err != nil {
		return fmt.Errorf("close recipient %s: %w", c.Recipient.ID, err)
	}
	return nil
}

func (m *Memory) close(c Closing) error {
	if c.Closed && c.Into != "" {
		into, there := m.places[c.Into]
		switch {
		case !there || c.Into == c.Recipient.ID:
			return notInto("unknown")
		case m.places[c.Recipient.ID].Recipient.Edits == c.Recipient.Edits && into.Recipient.Closed:
			return notInto("closed")
		}
	}
	if err := m.edit(c.edit()); err != nil || !c.Closed {
		return err
	}
	place, falls := copyPlace(m.places[c.Recipient.ID]), false
	for i, n := range place.Needs {
		falls = falls || n.Remaining() > 0
		place.Needs[i] = n.Changed(n.Needed-n.Remaining(), c.At)
	}
	m.places[c.Recipient.ID] = place
	if falls {
		m.correct(c.Leaf, correctionItemOf(c.Leaf, c.correction()).correction())
	}
	return nil
}
