package publish

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// SearchFile holds the names of all recipients of an area, for a search box
// that works on the reader's own device. Names change seldom: a kota's file is
// put together from those of its kecamatan when one of them changed, and what a
// commitment changes touches neither.
type SearchFile struct {
	Schema string      `json:"$schema"`
	Area   area.Code   `json:"area"`
	Rows   []SearchRow `json:"rows"`
}

// SearchRow is a recipient's id, name, kind and kelurahan.
type SearchRow [4]string

func searchRow(r aid.Recipient) SearchRow {
	return SearchRow{string(r.ID), r.Name, string(r.Kind), string(r.Area.At(area.Kelurahan))}
}

// recipient returns what of a recipient names its leaf.
func (r SearchRow) recipient() aid.Recipient {
	return aid.Recipient{Kind: aid.KindID(r[2]), Area: area.Code(r[3])}
}

// namesOf returns the rows of a leaf and their sum, which is empty for none.
func namesOf(places []aid.Place) (rows []SearchRow, sum string, err error) {
	if len(places) == 0 {
		return nil, "", nil
	}
	for _, place := range places {
		rows = append(rows, searchRow(place.Recipient))
	}
	sortRows(rows)
	body, err := json.Marshal(rows)
	if err != nil {
		return nil, "", fmt.Errorf("encode names: %w", err)
	}
	return rows, hashOf(body), nil
}

func sortRows(rows []SearchRow) {
	slices.SortFunc(rows, func(a, b SearchRow) int { return slices.Compare(a[:], b[:]) })
}

// list gives a draft the file of these names, and none where there are none.
func (d *draft) list(rows []SearchRow) error {
	if len(rows) == 0 {
		return nil
	}
	sortRows(rows)
	d.names = &SearchFile{Schema: "/data/schemas/search.json", Area: d.Area, Rows: rows}
	body, err := json.Marshal(d.names)
	if err != nil {
		return fmt.Errorf("encode names of %s: %w", d.Area, err)
	}
	d.namesFile = hashed("data/v1/search/"+string(d.Area), ".json", jsonType, append(body, '\n'))
	d.Search = &FileRef{d.namesFile.Path, hashOf(d.namesFile.Body)}
	return nil
}

// listLeaves gives a kecamatan the names in its leaves, old and fresh.
func (p *Publisher) listLeaves(ctx context.Context, d *draft, old AreaFile, fresh []freshLeaf) error {
	changed, standing := false, len(old.Leaves)
	for _, l := range fresh {
		before, stood := old.Leaves[l.leaf.String()]
		changed = changed || before.Names != l.ref.Names
		if stood {
			standing--
		}
	}
	if !changed {
		d.Search = old.Search
		return nil
	}
	var rows []SearchRow
	if standing > 0 {
		if old.Search == nil {
			return fmt.Errorf("names of %s: %w", d.Area, errBroken)
		}
		before, err := recall[SearchFile](ctx, p.tree, old.Search.Path)
		if err != nil {
			return err
		}
		for _, row := range before.Rows {
			leaf, ok := p.region.Catalogue().LeafOf(row.recipient())
			if ok && !slices.ContainsFunc(fresh, func(l freshLeaf) bool { return l.leaf == leaf }) {
				rows = append(rows, row)
			}
		}
	}
	for _, l := range fresh {
		rows = append(rows, l.names...)
	}
	return d.list(rows)
}

// listChildren gives a kota the names of its kecamatan. Those of a whole
// province are in no file: nobody should have to fetch so many.
func (p *Publisher) listChildren(ctx context.Context, d *draft, old AreaFile, t *tree) error {
	if d.Area.Level() != area.Kota {
		return nil
	}
	if slices.EqualFunc(old.Children, d.Children, func(a, b ChildRef) bool { return a.Area == b.Area && a.Search.same(b.Search) }) {
		d.Search = old.Search
		return nil
	}
	parts := make([]SearchFile, len(d.Children))
	err := each(ctx, p.workers, len(d.Children), func(ctx context.Context, i int) (err error) {
		ref := d.Children[i].Search
		if ref == nil {
			return nil
		}
		if fresh := t.names[ref.Path]; fresh != nil {
			parts[i] = *fresh
			return nil
		}
		parts[i], err = recall[SearchFile](ctx, p.tree, ref.Path)
		return err
	})
	if err != nil {
		return err
	}
	var rows []SearchRow
	for _, part := range parts {
		rows = append(rows, part.Rows...)
	}
	return d.list(rows)
}
