package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"ksbb/shared/aid"
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
	_, _, err = checkArea(ctx, store, m.Root, m.RootHash)
	return errors.Join(err, checkComplaints(ctx, store))
}

func checkArea(ctx context.Context, store Store, path, hash string) (tally.Totals, tally.Statistics, error) {
	var a AreaFile
	body, err := checkHash(ctx, store, path, hash)
	if err != nil {
		return tally.Totals{}, tally.Statistics{}, err
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return tally.Totals{}, tally.Statistics{}, fmt.Errorf("read %s: %w", path, err)
	}
	counted := map[area.Code]tally.Statistics{}
	sum := tally.Fold(nil, nil)
	var wrong []error
	for _, c := range a.Children {
		sum = sum.Plus(c.Totals)
		if c.Path == "" {
			continue
		}
		below, statistics, err := checkArea(ctx, store, c.Path, c.Hash)
		wrong = append(wrong, err)
		counted[c.Area] = statistics
		if err == nil && !reflect.DeepEqual(below, c.Totals) {
			wrong = append(wrong, fmt.Errorf("%s: totals of %s are not those of its file", path, c.Area))
		}
	}
	if !reflect.DeepEqual(sum, a.Totals) {
		wrong = append(wrong, fmt.Errorf("%s: totals are not the sum of its children", path))
	}
	recipients := int64(0)
	for name, ref := range a.Leaves {
		body, err := checkHash(ctx, store, ref.Path, ref.Hash)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		var leaf struct {
			Features []struct{ ID aid.RecipientID }
		}
		if err := json.Unmarshal(body, &leaf); err != nil {
			wrong = append(wrong, fmt.Errorf("read %s: %w", ref.Path, err))
		}
		recipients += int64(len(leaf.Features))
		if a.Recipients[name] != ref.Path {
			wrong = append(wrong, fmt.Errorf("%s: leaf %s has two paths", path, name))
		}
	}
	if a.Leaves != nil && recipients != a.Totals.Recipients {
		wrong = append(wrong, fmt.Errorf("%s: %d recipients counted, %d listed", path, a.Totals.Recipients, recipients))
	}
	statistics, err := checkStatistics(ctx, store, a, counted)
	return a.Totals, statistics, errors.Join(append(wrong, err)...)
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
