package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/problem"
	"ksbb/shared/region"
)

const (
	// suggestions is how many other places a refusal names.
	suggestions = 3
	// neighbours is how many other leaves are read to find them.
	neighbours = 2
)

// suggestFor is suggest for a caller that has not read the place.
func (s *server) suggestFor(ctx context.Context, err error, id aid.RecipientID) error {
	var over *aid.OverRemainingError
	if !errors.As(err, &over) {
		return err
	}
	place, _, readErr := s.store.Place(ctx, id)
	if readErr != nil {
		slog.WarnContext(ctx, "suggestions not found", "recipient", id, "err", readErr)
		return err
	}
	return s.suggest(ctx, err, place)
}

// suggest adds to a refusal for too little remaining the nearest recipients
// that still need the same. Any other error passes unchanged. It reads one leaf
// and, when that has too few, two more; what it cannot read it leaves out, for
// the refusal stands without.
func (s *server) suggest(ctx context.Context, err error, place aid.Place) error {
	var over *aid.OverRemainingError
	if !errors.As(err, &over) {
		return err
	}
	i := slices.IndexFunc(place.Needs, func(n aid.Need) bool { return n.ID == over.Need })
	own, known := s.pack.Catalogue().LeafOf(place.Recipient)
	if i < 0 || !known {
		return err
	}
	wanted, from := place.Needs[i].Package, s.pointOf(place.Recipient)
	near := []problem.Nearby{}
	for _, leaf := range append([]aid.Leaf{own}, s.leavesAround(own, from)...) {
		if len(near) >= suggestions {
			break
		}
		others, readErr := s.store.Leaf(ctx, leaf)
		if readErr != nil {
			slog.WarnContext(ctx, "suggestions not read", "leaf", leaf.String(), "err", readErr)
			continue
		}
		near = append(near, s.needing(others, wanted, place.Recipient.ID, from)...)
	}
	return problem.Suggest(err, near[:min(len(near), suggestions)])
}

// needing returns the places that still need a package, nearest first.
func (s *server) needing(places []aid.Place, wanted aid.PackageID, not aid.RecipientID, from aid.Point) []problem.Nearby {
	var found []problem.Nearby
	for _, p := range places {
		if p.Recipient.ID == not || p.Recipient.Closed {
			continue
		}
		for _, n := range p.Needs {
			if n.Package == wanted && n.Remaining() > 0 {
				found = append(found, problem.Nearby{
					ID: p.Recipient.ID, Name: p.Recipient.Name, Remaining: n.Remaining(), Metres: rounded(from.Metres(s.pointOf(p.Recipient))),
				})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b problem.Nearby) int {
		return cmp.Or(cmp.Compare(a.Metres, b.Metres), cmp.Compare(a.ID, b.ID))
	})
	return found
}

// leavesAround returns the leaves of the same group in the nearest other areas.
func (s *server) leavesAround(own aid.Leaf, from aid.Point) []aid.Leaf {
	areas := s.pack.At(own.Area.Level())
	slices.SortStableFunc(areas, func(a, b region.Area) int { return cmp.Compare(from.Metres(a.Point), from.Metres(b.Point)) })
	var around []aid.Leaf
	for _, a := range areas {
		if a.Code != own.Area && len(around) < neighbours {
			around = append(around, aid.Leaf{Area: a.Code, Group: own.Group})
		}
	}
	return around
}

// pointOf returns where a recipient may be said to be: its kelurahan, when its
// kind hides the exact place.
func (s *server) pointOf(r aid.Recipient) aid.Point {
	if s.pack.Catalogue().Kinds[r.Kind].Coarse {
		if kelurahan, ok := s.pack.Area(r.Area.At(area.Kelurahan)); ok {
			return kelurahan.Point
		}
	}
	return r.Point
}

// rounded returns a distance to the next hundred metres: it helps to choose,
// not to find.
func rounded(metres float64) int64 { return int64(math.Round(metres/100)) * 100 }
