package table

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
)

// memoryCatalogue is the part of [Memory] that holds amendments and pools.
type memoryCatalogue struct {
	amendments map[key][]aid.Amendment // every version, the oldest first
	permits    map[aid.AggregatorID]aid.Day
	pools      map[aid.PoolID]aid.Pool
	donors     map[aid.PoolID]Donor
	parts      map[aid.PoolID]map[aid.CommitmentID]aid.RecipientID
}

func newMemoryCatalogue() memoryCatalogue {
	return memoryCatalogue{
		amendments: map[key][]aid.Amendment{},
		permits:    map[aid.AggregatorID]aid.Day{},
		pools:      map[aid.PoolID]aid.Pool{},
		donors:     map[aid.PoolID]Donor{},
		parts:      map[aid.PoolID]map[aid.CommitmentID]aid.RecipientID{},
	}
}

// Catalogue does as [Ledger.Catalogue].
func (m *Memory) Catalogue(context.Context) ([]aid.Amendment, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []aid.Amendment{}
	keys := slices.SortedFunc(maps.Keys(m.amendments), func(a, b key) int { return cmp.Compare(a.SK, b.SK) })
	for _, k := range keys {
		all = append(all, copyAmendment(m.amendments[k][len(m.amendments[k])-1]))
	}
	return all, nil
}

// CatalogueHistory does as [Ledger.CatalogueHistory].
func (m *Memory) CatalogueHistory(_ context.Context, list aid.List, id string) ([]aid.Amendment, error) {
	k, err := catalogueKey(list, id)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []aid.Amendment{}
	for _, a := range m.amendments[k] {
		all = append(all, copyAmendment(a))
	}
	return all, nil
}

// PutCatalogueEntry does as [Table.PutCatalogueEntry].
func (m *Memory) PutCatalogueEntry(ctx context.Context, a aid.Amendment) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.change(ctx, func() error { return m.amend(a) }); err != nil {
		return fmt.Errorf("amend %s %s: %w", a.List, a.ID, err)
	}
	return nil
}

func (m *Memory) amend(a aid.Amendment) error {
	if a.Version < 1 || a.ID == "" || len(a.Entry) == 0 {
		return errors.New("no version, id or entry")
	}
	k, err := catalogueKey(a.List, a.ID)
	if err != nil {
		return err
	}
	known := m.amendments[k]
	switch n := a.Version - 1; {
	case n < int64(len(known)) && string(known[n].Entry) == string(a.Entry):
		return errRepeated
	case n != int64(len(known)):
		return aid.ErrStale
	}
	m.amendments[k] = append(known, copyAmendment(a))
	return nil
}

// copyAmendment returns what the table would give back for a.
func copyAmendment(a aid.Amendment) aid.Amendment { return amendmentItemOf(key{}, a).amendment() }

// Rescheduled does as [Table.Rescheduled].
func (m *Memory) Rescheduled(_ context.Context, c aid.Commitment, due time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	stored, ok := m.commitments[c.Recipient][c.ID]
	switch {
	case !ok:
		return fmt.Errorf("reschedule commitment %s: %w", c.ID, aid.ErrNotFound)
	case stored.Version != c.Version:
		return fmt.Errorf("reschedule commitment %s: %w", c.ID, aid.ErrStale)
	}
	stored.DueAt = moment(millis(due))
	m.commitments[c.Recipient][c.ID] = stored
	return nil
}

// PermitEnd does as [Table.PermitEnd].
func (m *Memory) PermitEnd(_ context.Context, a aid.AggregatorID) (aid.Day, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	end, ok := m.permits[a]
	return end, ok, nil
}

// SetPermitEnd does as [Table.SetPermitEnd].
func (m *Memory) SetPermitEnd(_ context.Context, a aid.AggregatorID, end aid.Day) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.permits[a] = end
	return nil
}

// AddPool does as [Table.AddPool].
func (m *Memory) AddPool(ctx context.Context, p aid.Pool, d Donor) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.change(ctx, func() error {
		// The engine knows a pool by its aggregator too; who gave it by its id alone.
		switch old, known := m.pools[p.ID]; {
		case known && samePool(old, p):
			return errRepeated
		case known:
			return aid.ErrExists
		}
		m.pools[p.ID], m.donors[p.ID] = copyPool(p), d
		return nil
	})
	if err != nil {
		return fmt.Errorf("add pool %s: %w", p.ID, err)
	}
	return nil
}

// Pools does as [Ledger.Pools].
func (m *Memory) Pools(_ context.Context, a aid.AggregatorID, after aid.PoolID, limit int) ([]aid.Pool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	pools := []aid.Pool{}
	for _, id := range sortedKeys(m.pools) {
		if p := m.pools[id]; p.Aggregator == a && (after == "" || id < after) {
			pools = append(pools, copyPool(p))
		}
	}
	slices.SortFunc(pools, func(p, q aid.Pool) int { return strings.Compare(string(q.ID), string(p.ID)) })
	return pools[:min(limit, len(pools))], nil
}

// Pool does as [Ledger.Pool].
func (m *Memory) Pool(_ context.Context, a aid.AggregatorID, id aid.PoolID) (aid.Pool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.pools[id]
	if !ok || p.Aggregator != a {
		return aid.Pool{}, fmt.Errorf("pool %s: %w", id, aid.ErrNotFound)
	}
	return copyPool(p), nil
}

// PoolParts does as [Ledger.PoolParts].
func (m *Memory) PoolParts(_ context.Context, id aid.PoolID) ([]PoolPart, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	parts := []PoolPart{}
	for _, c := range sortedKeys(m.parts[id]) {
		parts = append(parts, PoolPart{m.parts[id][c], c})
	}
	return parts, nil
}

// Donor does as [Table.Donor].
func (m *Memory) Donor(_ context.Context, id aid.PoolID) (Donor, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d, ok := m.donors[id]
	if !ok {
		return Donor{}, fmt.Errorf("donor of pool %s: %w", id, aid.ErrNotFound)
	}
	return d, nil
}

// AddPart does as [Table.AddPart].
func (m *Memory) AddPart(ctx context.Context, p Part) (aid.Commitment, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := p.Commitment
	if err := checkPart(p); err != nil {
		return aid.Commitment{}, false, fmt.Errorf("add part %s: %w", c.ID, err)
	}
	if stored, repeated, err := m.submitted(c.ID, p.Fingerprint); repeated || err != nil {
		return stored, repeated, err
	}
	if err := m.change(ctx, func() error { return m.part(p) }); err != nil {
		return aid.Commitment{}, false, fmt.Errorf("add part %s: %w", c.ID, err)
	}
	return copyCommitment(c), false, nil
}

func (m *Memory) part(p Part) error {
	c := p.Commitment
	if _, taken := m.numbers[c.ID.Number()]; taken {
		return aid.ErrExists
	}
	pool, _, err := m.drawn(c, c.Held())
	if err != nil {
		return err
	}
	place, _ := m.placeOf(c) // of one that is not there no need is left
	held := c.Standing()
	for _, need := range sortedKeys(held.Needs) {
		i := slices.IndexFunc(place.Needs, func(n aid.Need) bool { return n.ID == need })
		if i < 0 {
			return &aid.OverRemainingError{Need: need}
		}
		if n := held.Needs[need]; place.Needs[i].Remaining() < n.Sum() {
			return &aid.OverRemainingError{Need: need, Remaining: place.Needs[i].Remaining()}
		}
		place.Needs[i].Committed += held.Needs[need].Committed
	}
	add(&place.Activity, held, c.PledgedAt)
	m.places[c.Recipient] = place
	m.pools[pool.ID] = pool
	if m.parts[pool.ID] == nil {
		m.parts[pool.ID] = map[aid.CommitmentID]aid.RecipientID{}
	}
	m.parts[pool.ID][c.ID] = c.Recipient
	m.submissions[c.ID] = submissionItemOf(Submission{Commitment: c, Fingerprint: p.Fingerprint})
	m.numbers[c.ID.Number()] = c.ID
	m.credentials[c.ID] = credentialItemOf(p.Credential).credential()
	m.store(c)
	if c.Moderated() {
		m.moderations[c.ID] = Moderation{Recipient: c.Recipient, Commitment: c.ID}
	}
	for _, kind := range p.Letters {
		m.post(c, kind, c.Version, c.PledgedAt)
	}
	return nil
}

// drawn returns the pool of a part after units were taken from it, and false
// when none are.
func (m *Memory) drawn(c aid.Commitment, units map[aid.PackageID]int64) (aid.Pool, bool, error) {
	if len(units) == 0 {
		return aid.Pool{}, false, nil
	}
	p, ok := m.pools[c.Pool]
	if !ok || p.Aggregator != c.Aggregator {
		return aid.Pool{}, false, fmt.Errorf("pool %s: %w", c.Pool, aid.ErrNotFound)
	}
	p = copyPool(p)
	for i := range p.Lines {
		l := &p.Lines[i]
		if units[l.Package] > l.Left {
			return aid.Pool{}, false, overPool(c, p, units)
		}
		l.Left -= units[l.Package]
	}
	p.Changes++
	return p, true, nil
}

// copyPool returns what the table would give back for p.
func copyPool(p aid.Pool) aid.Pool { return poolItemOf(p).pool() }
