package table

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"ksbb/shared/aid"
)

// memoryImports is the part of [Memory] that imports have for themselves.
type memoryImports struct {
	imports  map[aid.ImportID]importItem
	mappings map[key]mappingItem
	lease    leaseItem
	rows     map[string]Act // acts of single rows, which are found by their object alone
}

func newMemoryImports() memoryImports {
	return memoryImports{imports: map[aid.ImportID]importItem{}, mappings: map[key]mappingItem{}, rows: map[string]Act{}}
}

// ListImport does as [Table.ListImport].
func (m *Memory) ListImport(_ context.Context, id aid.ImportID) (aid.ListImport, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	it, ok := m.imports[id]
	if !ok {
		return aid.ListImport{}, fmt.Errorf("import %s: %w", id, aid.ErrNotFound)
	}
	return it.listImport()
}

// ListImports does as [Table.ListImports].
func (m *Memory) ListImports(_ context.Context, limit int) ([]aid.ListImport, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ids := slices.Sorted(maps.Keys(m.imports))
	slices.Reverse(ids)
	all := []aid.ListImport{}
	for _, id := range ids[:min(limit, len(ids))] {
		i, err := m.imports[id].listImport()
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

// PutListImport does as [Table.PutListImport].
func (m *Memory) PutListImport(ctx context.Context, before, after aid.ListImport) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.change(ctx, func() error {
		if err := checkImport(before, after); err != nil {
			return err
		}
		made, err := importItemOf(after)
		if err != nil {
			return err
		}
		there, ok := m.imports[after.ID]
		if ok != (before.Version > 0) || there.Version != before.Version {
			return importRefusal(there, made, before)
		}
		m.imports[after.ID] = made
		return nil
	})
	if err != nil {
		return fmt.Errorf("put import %s: %w", after.ID, err)
	}
	return nil
}

// ImportMapping does as [Table.ImportMapping].
func (m *Memory) ImportMapping(_ context.Context, list, headers string) (columns []string, fixed map[string]string, found bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	it, ok := m.mappings[mappingKey(list, headers)]
	return slices.Clone(it.Columns), maps.Clone(it.Fixed), ok, nil
}

// RememberMapping does as [Table.RememberMapping].
func (m *Memory) RememberMapping(_ context.Context, list, headers string, columns []string, fixed map[string]string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mappings[mappingKey(list, headers)] = mappingItemOf(list, headers, slices.Clone(columns), maps.Clone(fixed))
	return nil
}

// LeaseImports does as [Table.LeaseImports].
func (m *Memory) LeaseImports(_ context.Context, holder string, now, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lease.Holder != "" && m.lease.Holder != holder && m.lease.Until > millis(now) {
		return fmt.Errorf("another import is being written: %w", aid.ErrBusy)
	}
	m.lease = leaseItemOf(holder, until)
	return nil
}

// PutRows does as [Table.PutRows].
func (m *Memory) PutRows(ctx context.Context, rows []RowEdit) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := checkRows(rows)
	if act, ok := acting(ctx); ok && err == nil && m.acts[act.ID].same(act) {
		return nil
	}
	if err == nil {
		err = m.change(ctx, func() error { return m.putRows(rows) })
	}
	if err != nil {
		return fmt.Errorf("put %d rows: %w", len(rows), err)
	}
	return nil
}

func (m *Memory) putRows(rows []RowEdit) error {
	places, leaves, stewards, versions := maps.Clone(m.places), maps.Clone(m.leaves), maps.Clone(m.stewards), maps.Clone(m.versions)
	corrections := maps.Clone(m.corrections)
	for leaf, all := range corrections {
		corrections[leaf] = maps.Clone(all)
	}
	touched := map[aid.RecipientID]bool{}
	for _, e := range rows {
		r := e.recipient()
		said := m.places[r].Activity
		var err error
		if e.Need != nil {
			err = m.editNeed(*e.Need)
		} else {
			err = m.edit(*e.Recipient)
		}
		if err != nil {
			m.places, m.leaves, m.stewards, m.versions, m.corrections = places, leaves, stewards, versions, corrections
			return err
		}
		if touched[r] {
			place := m.places[r]
			place.Activity = said
			m.places[r] = place
		}
		touched[r] = true
	}
	for _, e := range rows {
		m.rows[e.Act.ID] = actItemOf(key{}, e.Act).act()
	}
	return nil
}

// Stewards does as [Table.Stewards].
func (m *Memory) Stewards(_ context.Context, ids []aid.RecipientID) (map[aid.RecipientID]aid.Contact, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	contacts := map[aid.RecipientID]aid.Contact{}
	for _, id := range ids {
		if c, ok := m.stewards[id]; ok {
			contacts[id] = c
		}
	}
	return contacts, nil
}

// LeavesOf does as [Table.LeavesOf].
func (m *Memory) LeavesOf(_ context.Context, ids []aid.RecipientID) (map[aid.RecipientID]aid.Leaf, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	leaves := map[aid.RecipientID]aid.Leaf{}
	for _, id := range ids {
		if leaf, there := m.leaves[id]; there {
			leaves[id] = leaf
		}
	}
	return leaves, nil
}
