package table

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"ksbb/shared/aid"
)

// memoryStaff is the part of [Memory] that the console has for itself.
type memoryStaff struct {
	acts     map[string]Act // by the id of the request
	officers map[aid.OfficerID]aid.Account
}

func newMemoryStaff() memoryStaff {
	return memoryStaff{acts: map[string]Act{}, officers: map[aid.OfficerID]aid.Account{}}
}

// change makes a change that is all or nothing by itself, and records who makes
// it, as [Table.transact] does. The change returns errRepeated when it had been
// made already.
func (m *Memory) change(ctx context.Context, apply func() error) error {
	act, ok := acting(ctx)
	if !ok {
		if err := apply(); err != errRepeated {
			return err
		}
		return nil
	}
	act = actItemOf(key{}, act).act()
	known, there := m.acts[act.ID]
	ours := there && known.same(act) && known.At.Equal(act.At)
	switch {
	case there && !known.same(act):
		return fmt.Errorf("act %s: %w", act.ID, aid.ErrExists)
	case there && !ours:
		return nil
	}
	err := apply()
	switch {
	case err == errRepeated && ours:
		return nil
	case err == errRepeated:
		return aid.ErrStale
	case err == nil:
		m.acts[act.ID] = act
	}
	return err
}

// Record does as [Table.Record].
func (m *Memory) Record(ctx context.Context, a Act) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.change(Acting(ctx, a), func() error { return nil }); err != nil {
		return fmt.Errorf("record act %s: %w", a.ID, err)
	}
	return nil
}

// Acted does as [Table.Acted].
func (m *Memory) Acted(_ context.Context, id string) (Act, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.acts[id]
	return a, ok, nil
}

// Audit does as [Table.Audit].
func (m *Memory) Audit(_ context.Context, q AuditQuery, cursor string, limit int) ([]Act, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	below, err := openCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	if q.Object == "" && q.Officer == "" && (q.From.IsZero() || q.To.IsZero()) {
		return nil, "", errors.New("read acts: neither an object nor an officer nor a time")
	}
	acts := []Act{}
	found := slices.Collect(maps.Values(m.acts))
	if q.Object != "" {
		found = slices.AppendSeq(found, maps.Values(m.rows))
	}
	for _, a := range found {
		if q.fits(a) && (below == "" || auditName(a.At, a.ID) < below) {
			acts = append(acts, a)
		}
	}
	slices.SortFunc(acts, func(a, b Act) int { return cmp.Compare(auditName(b.At, b.ID), auditName(a.At, a.ID)) })
	acts = acts[:min(limit, len(acts))]
	return acts, nextAct(acts, limit), nil
}

// Officer does as [Table.Officer].
func (m *Memory) Officer(_ context.Context, id aid.OfficerID) (aid.Account, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.officers[id]
	if !ok {
		return aid.Account{}, fmt.Errorf("officer: %w", aid.ErrNotFound)
	}
	return copyAccount(a), nil
}

// Officers does as [Table.Officers].
func (m *Memory) Officers(context.Context) ([]aid.Account, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []aid.Account{}
	for _, id := range sortedKeys(m.officers) {
		all = append(all, copyAccount(m.officers[id]))
	}
	return all, nil
}

// PutOfficer does as [Table.PutOfficer].
func (m *Memory) PutOfficer(ctx context.Context, before, after aid.Account) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := checkAccount(before, after)
	if err == nil {
		err = m.change(ctx, func() error {
			switch there := m.officers[after.ID]; {
			case there.Version == before.Version:
				m.officers[after.ID] = copyAccount(after)
				return nil
			case there.Version == after.Version && there.Same(after):
				return errRepeated
			}
			return aid.ErrStale
		})
	}
	if err != nil {
		return fmt.Errorf("put officer: %w", err)
	}
	return nil
}

// copyAccount returns what the table would give back for a.
func copyAccount(a aid.Account) aid.Account { return officerItemOf(key{}, a).account() }
