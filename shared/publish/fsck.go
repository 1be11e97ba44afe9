package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"ksbb/shared/area"
	"ksbb/shared/tally"
)

// Check reads the published tree from outside, as anyone can, and returns
// everything that is wrong with it: a file whose bytes do not match its hash, a
// parent that is not the sum of its children, statistics that do not follow from
// the totals or from each other, a path that leads nowhere, a count of complaints
// that cannot be or must not be said. It needs nothing but the files.
func Check(ctx context.Context, store Store) error {
	object, err := store.Get(ctx, ManifestPath)
	if err != nil {
		return fmt.Errorf("read %s: %w", ManifestPath, err)
	}
	var m Manifest
	if err := json.Unmarshal(object.Body, &m); err != nil {
		return fmt.Errorf("read %s: %w", ManifestPath, err)
	}
	_, err = checkArea(ctx, store, m.Root, m.RootHash)
	return errors.Join(err, checkComplaints(ctx, store))
}

// checked is what was found of an area.
type checked struct {
	totals     tally.Totals
	statistics tally.Statistics
	search     *FileRef
	names      []SearchRow // of a kecamatan
}

func checkArea(ctx context.Context, store Store, path, hash string) (checked, error) {
	var a AreaFile
	if err := readHashed(ctx, store, path, hash, &a); err != nil {
		return checked{}, err
	}
	counted := map[area.Code]tally.Statistics{}
	sum := tally.Fold(nil, nil)
	var wrong []error
	found := checked{totals: a.Totals, search: a.Search}
	for _, c := range a.Children {
		sum = sum.Plus(c.Totals)
		if c.Path == "" {
			continue
		}
		below, err := checkArea(ctx, store, c.Path, c.Hash)
		wrong = append(wrong, err)
		counted[c.Area] = below.statistics
		if err == nil && !reflect.DeepEqual(below.totals, c.Totals) {
			wrong = append(wrong, fmt.Errorf("%s: totals of %s are not those of its file", path, c.Area))
		}
		if err == nil && !c.Search.same(below.search) {
			wrong = append(wrong, fmt.Errorf("%s: names of %s are not those of its file", path, c.Area))
		}
		found.names = append(found.names, below.names...)
	}
	if !reflect.DeepEqual(sum, a.Totals) {
		wrong = append(wrong, fmt.Errorf("%s: totals are not the sum of its children", path))
	}
	recipients := int64(0)
	for _, name := range slices.Sorted(maps.Keys(a.Leaves)) {
		names, err := checkLeaf(ctx, store, name, a.Leaves[name])
		wrong = append(wrong, err)
		recipients += int64(len(names))
		found.names = append(found.names, names...)
		if a.Recipients[name] != a.Leaves[name].Path {
			wrong = append(wrong, fmt.Errorf("%s: leaf %s has two paths", path, name))
		}
	}
	if a.Leaves != nil && recipients != a.Totals.Recipients {
		wrong = append(wrong, fmt.Errorf("%s: %d recipients counted, %d listed", path, a.Totals.Recipients, recipients))
	}
	if a.Area.Level() >= area.Kota {
		wrong = append(wrong, checkSearch(ctx, store, a, found.names))
	}
	if a.Area.Level() != area.Kecamatan {
		found.names = nil
	}
	var err error
	found.statistics, err = checkStatistics(ctx, store, a, counted)
	return found, errors.Join(append(wrong, err)...)
}

// readHashed reads a file that must have that hash.
func readHashed(ctx context.Context, store Store, path, hash string, into any) error {
	body, err := checkHash(ctx, store, path, hash)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

func checkHash(ctx context.Context, store Store, path, hash string) ([]byte, error) {
	object, err := store.Get(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if got := hashOf(object.Body); got != hash {
		return nil, fmt.Errorf("%s: hash is %s, its parent says %s", path, got, hash)
	}
	return object.Body, nil
}
