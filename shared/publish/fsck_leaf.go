package publish

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// feature is what is compared of a recipient in its leaf's file.
type feature struct {
	ID         aid.RecipientID
	Properties struct {
		Name string
		Kind aid.KindID
		Area area.Code
		Open int64 `json:"openCommitments"`
	}
}

// checkLeaf reads a leaf, and who promised what to its recipients, and returns
// the names in it.
func checkLeaf(ctx context.Context, store Store, name string, ref LeafRef) ([]SearchRow, error) {
	var leaf struct {
		Leaf     string
		Features []feature
	}
	if err := readHashed(ctx, store, ref.Path, ref.Hash, &leaf); err != nil {
		return nil, err
	}
	c := checker{path: ref.Path}
	c.same("leaf", leaf.Leaf, name)
	var places []aid.Place
	within := map[area.Code][]feature{}
	for _, f := range leaf.Features {
		r := aid.Recipient{ID: f.ID, Name: f.Properties.Name, Kind: f.Properties.Kind, Area: f.Properties.Area}
		places = append(places, aid.Place{Recipient: r})
		kelurahan := r.Area.At(area.Kelurahan)
		within[kelurahan] = append(within[kelurahan], f)
	}
	names, sum, err := namesOf(places)
	c.same("sum of the names", sum, ref.Names)
	c.same("kelurahan", slices.Sorted(maps.Keys(within)), slices.Sorted(maps.Keys(ref.Kelurahan)))
	wrong := append(c.wrong, err)
	named, bad := aid.ParseLeaf(name)
	wrong = append(wrong, bad)
	for code, features := range within {
		wrong = append(wrong, checkCommitments(ctx, store, ref.Kelurahan[code].Commitments, list{code, named.Group}, features))
	}
	return names, errors.Join(wrong...)
}

// checkCommitments reads who promised what to the recipients of a list, and
// tells whatever is not what their features say: so many commitments hold, of
// which the newest are listed.
func checkCommitments(ctx context.Context, store Store, path string, l list, features []feature) error {
	c := checker{path: cmp.Or(path, "commitments to "+string(l.group)+" in "+string(l.kelurahan))}
	var f CommitmentsFile
	if path != "" {
		object, err := store.Get(ctx, path)
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		if !intact(path, object.Body) {
			return fmt.Errorf("%s: its name is not its hash", path)
		}
		if err := json.Unmarshal(object.Body, &f); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		c.same("list", list{f.Area, f.Group}, l)
	}
	listed, of := map[aid.RecipientID]int64{}, int64(0)
	for i, r := range f.Rows {
		listed[r.Recipient]++
		c.holds(r.Number+" does not count", r.State.Counts())
		c.holds(r.Number+" is out of order", i == 0 || cmp.Or(cmp.Compare(f.Rows[i-1].Recipient, r.Recipient), cmp.Compare(r.PledgedAt, f.Rows[i-1].PledgedAt)) <= 0)
	}
	for _, feature := range features {
		id := feature.ID
		c.same("commitments to "+string(id), listed[id]+f.More[id], feature.Properties.Open)
		c.holds("not the newest of "+string(id), listed[id] == rowsKept || listed[id] < rowsKept && f.More[id] == 0)
		of += listed[id]
	}
	c.same("commitments to recipients elsewhere", int64(len(f.Rows))-of, int64(0))
	return errors.Join(c.wrong...)
}

// checkSearch reads the names of an area and compares them with those in the
// files below it.
func checkSearch(ctx context.Context, store Store, a AreaFile, names []SearchRow) error {
	sortRows(names)
	var s SearchFile
	c := checker{path: "names of " + string(a.Area)}
	if a.Search != nil {
		c.path = a.Search.Path
		if err := readHashed(ctx, store, a.Search.Path, a.Search.Hash, &s); err != nil {
			return err
		}
		c.same("area", s.Area, a.Area)
	}
	c.same("names", slices.Concat(s.Rows), slices.Concat(names))
	return errors.Join(c.wrong...)
}
