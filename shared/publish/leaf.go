package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/tally"
)

// freshLeaf is what is known of one dirty leaf after its facts were read.
type freshLeaf struct {
	leaf  aid.Leaf
	file  File
	ref   LeafRef
	names []SearchRow
	parts map[area.Code]*folded // what it adds to each kelurahan
	pick  Pick
	// Both are kept only where pages will be written, the pasts of those picked.
	places []aid.Place
	pasts  map[aid.RecipientID]past
}

// past is what was read of a recipient's history.
type past struct {
	history
	agrees      bool            // with the counters of the place that was read before it
	rows        []CommitmentRow // the newest
	more        int64           // left out of rows
	commitments []aid.Commitment
	evidence    []aid.Evidence
}

// leaves reads every dirty leaf and writes its files.
func (p *Publisher) leaves(ctx context.Context, w *writer, t *tree, marks Marks) ([]freshLeaf, error) {
	order := slices.SortedFunc(maps.Keys(marks), func(a, b aid.Leaf) int {
		return strings.Compare(a.String(), b.String())
	})
	before := make([]LeafRef, len(order))
	for i, leaf := range order {
		above, err := p.area(ctx, t, leaf.Area.At(area.Kecamatan))
		if err != nil {
			return nil, err
		}
		before[i] = above.Leaves[leaf.String()]
	}
	fresh := make([]freshLeaf, len(order))
	// Many leaves are read side by side, and of few their recipients.
	aside := max(1, p.workers/max(1, len(order)))
	err := each(ctx, p.workers, len(order), func(ctx context.Context, i int) (err error) {
		fresh[i], err = p.leaf(ctx, w, order[i], before[i], marks[order[i]], aside)
		return err
	})
	return fresh, err
}

// leaf reads one leaf, up to aside requests at once, and writes its files.
// before is how it was published last.
func (p *Publisher) leaf(ctx context.Context, w *writer, leaf aid.Leaf, before LeafRef, pick Pick, aside int) (freshLeaf, error) {
	known, err := p.known(ctx, before, aside)
	if err != nil {
		return freshLeaf{}, err
	}
	places, read, err := p.readLeaf(ctx, leaf, known, pick, aside)
	if err != nil {
		return freshLeaf{}, err
	}
	fresh := p.fold(leaf, places, known, read)
	if fresh.names, fresh.ref.Names, err = namesOf(places); err != nil {
		return freshLeaf{}, err
	}
	files, err := p.partFiles(ctx, &fresh, before, known, read)
	if err != nil {
		return freshLeaf{}, err
	}
	if len(places) > 0 {
		files = append(files, pending{p.tree, fresh.file, nil})
	}
	if err := p.write(ctx, w, files, aside); err != nil {
		return freshLeaf{}, err
	}
	fresh.pick = pick
	if pick != nil {
		fresh.places, fresh.pasts = places, read
	}
	return fresh, nil
}

// folded is the workings of a part of a leaf, and what they were before.
type folded struct {
	workings
	sums  []tally.Giving // that it is the sum of
	old   workings
	moved bool // a history is another than before
}

// same tells whether nothing changed.
func (f *folded) same() bool {
	return !f.moved && f.old.Rules == f.Rules && len(f.old.Recipients) == len(f.Recipients) && reflect.DeepEqual(f.old.Giving, f.Giving)
}

// fold adds up what was read of a leaf, by kelurahan.
func (p *Publisher) fold(leaf aid.Leaf, places []aid.Place, known map[area.Code]workings, read map[aid.RecipientID]past) freshLeaf {
	catalogue := p.region.Catalogue()
	f := hashed("data/v1/recipients/"+leaf.String(), ".geojson", "application/geo+json", appendLeaf(nil, leaf, places, catalogue))
	fresh := freshLeaf{
		leaf: leaf, file: f, ref: LeafRef{Path: f.Path, Hash: hashOf(f.Body), Kelurahan: map[area.Code]LeafPart{}}, parts: map[area.Code]*folded{},
	}
	for _, place := range places {
		code := place.Recipient.Area.At(area.Kelurahan)
		ref := fresh.ref.Kelurahan[code]
		ref.Totals = ref.Totals.Plus(tally.Of(place, catalogue))
		ref.AsOf = max(ref.AsOf, instant(place.Activity.UpdatedAt))
		fresh.ref.AsOf = max(fresh.ref.AsOf, ref.AsOf)
		fresh.ref.Kelurahan[code] = ref

		part, begun := fresh.parts[code]
		if !begun {
			part = &folded{workings: workings{Rules: rules, Recipients: map[aid.RecipientID]history{}}, old: known[code]}
			fresh.parts[code] = part
		}
		part.sums = append(part.sums, tally.NeedsOf(place, catalogue))
		if lived(place) {
			h := part.old.Recipients[place.Recipient.ID]
			if past, ok := read[place.Recipient.ID]; ok {
				part.moved = part.moved || !reflect.DeepEqual(h, past.history)
				h = past.history
			}
			part.Recipients[place.Recipient.ID] = h
			h.Giving.Latest = tally.Told(place.Recipient, h.Giving.Latest)
			part.sums = append(part.sums, h.Giving)
		}
	}
	for _, part := range fresh.parts {
		part.Giving = tally.SumOf(part.sums)
	}
	return fresh
}

// partFiles says where the workings and the commitments of each part of a leaf
// are, and returns the files of those that are not there yet.
func (p *Publisher) partFiles(
	ctx context.Context, fresh *freshLeaf, before LeafRef, known map[area.Code]workings, read map[aid.RecipientID]past,
) (files []pending, err error) {
	for _, code := range slices.Sorted(maps.Keys(fresh.parts)) {
		part, ref := fresh.parts[code], fresh.ref.Kelurahan[code]
		ref.Workings, ref.Commitments = before.Kelurahan[code].Workings, before.Kelurahan[code].Commitments
		if !part.same() {
			f, err := part.file(fresh.leaf, code)
			if err != nil {
				return nil, err
			}
			if _, ok := known[code]; ok && f.Path == ref.Workings {
				p.notes.keep(f.Path, part.workings, len(f.Body)) // the very values are quicker to compare
			} else {
				files = append(files, pending{p.notes, f, part.workings})
			}
			ref.Workings = f.Path
			said, err := p.commitments(ctx, list{code, fresh.leaf.Group}, part.Recipients, ref.Commitments, read)
			if err != nil {
				return nil, err
			}
			files = append(files, said...)
			ref.Commitments = ""
			for _, f := range said {
				ref.Commitments = f.file.Path
			}
		}
		fresh.ref.Kelurahan[code] = ref
	}
	return files, nil
}

// known returns what is remembered of a leaf's histories, by kelurahan. What
// was lost, or folded by other rules, is not known.
func (p *Publisher) known(ctx context.Context, before LeafRef, aside int) (map[area.Code]workings, error) {
	codes := slices.Sorted(maps.Keys(before.Kelurahan))
	read := make([]workings, len(codes))
	err := each(ctx, aside, len(codes), func(ctx context.Context, i int) (err error) {
		read[i], err = recall[workings](ctx, p.notes, before.Kelurahan[codes[i]].Workings)
		if errors.Is(err, errBroken) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	known := map[area.Code]workings{}
	for i, code := range codes {
		if read[i].Rules == rules {
			known[code] = read[i]
		}
	}
	return known, nil
}

// lived tells whether a place may have a history. It depends on nothing but the
// place, so that workings do not say who happened to be looked at.
func lived(p aid.Place) bool { return p.Activity.Rev > 0 || p.Activity.Pledged > 0 }

// rounds is how often a leaf is read again because its commitments moved
// meanwhile. A leaf at which something happens in each of so many readings, a
// few milliseconds apart, is published again at once anyway.
const rounds = 5

// readLeaf reads the places of a leaf, the history of whoever is picked, and
// every history that moved since it was last folded. Commitments are read after
// the place whose counters they add up to, never before, so a history is at
// least as new as its revision says. If they disagree both are read again, so
// that totals and statistics are of one instant. Counters that disagree while
// nothing moves are untrue; the audit reports them.
func (p *Publisher) readLeaf(ctx context.Context, leaf aid.Leaf, known map[area.Code]workings, pick Pick, aside int) ([]aid.Place, map[aid.RecipientID]past, error) {
	read := map[aid.RecipientID]past{}
	var places []aid.Place
	for range rounds {
		var err error
		if places, err = p.places(ctx, leaf); err != nil {
			return nil, nil, err
		}
		var moved []aid.Place
		for _, place := range places {
			r := place.Recipient
			if past, ok := read[r.ID]; ok {
				if past.Rev != place.Activity.Rev || past.Kind != r.Kind {
					moved = append(moved, place)
				}
				continue
			}
			h, ok := known[r.Area.At(area.Kelurahan)].Recipients[r.ID]
			fresh := ok && h.Rev == place.Activity.Rev && h.Kind == r.Kind
			if lived(place) && !fresh || pick != nil && pick(place) {
				moved = append(moved, place)
			}
		}
		pasts := make([]past, len(moved))
		err = each(ctx, aside, len(moved), func(ctx context.Context, i int) (err error) {
			pasts[i], err = p.past(ctx, moved[i], pick)
			return err
		})
		if err != nil {
			return nil, nil, err
		}
		agree := true
		for i, place := range moved {
			read[place.Recipient.ID] = pasts[i]
			agree = agree && pasts[i].agrees
		}
		if agree {
			break
		}
	}
	return places, read, nil
}

// past reads and folds a place's history. The commitments themselves are kept
// only of those who are picked.
func (p *Publisher) past(ctx context.Context, place aid.Place, pick Pick) (past, error) {
	r := place.Recipient
	commitments, evidence, err := p.facts.History(ctx, r.ID)
	if err != nil {
		return past{}, fmt.Errorf("read history of %s: %w", r.ID, err)
	}
	needs, activity := aid.Untrue(place, commitments)
	h := past{
		history: history{place.Activity.Rev, r.Kind, tally.HistoryOf(r.Kind, commitments, p.region.Catalogue())},
		agrees:  len(needs) == 0 && !activity,
	}
	h.Giving.Latest = tally.ActsOf(aid.Recipient{ID: r.ID}, commitments)
	h.rows, h.more = rowsOf(r.ID, commitments)
	if pick != nil && pick(place) {
		h.commitments, h.evidence = commitments, evidence
	}
	return h, nil
}

// places reads a leaf as it may be shown.
func (p *Publisher) places(ctx context.Context, leaf aid.Leaf) ([]aid.Place, error) {
	places, err := p.facts.Leaf(ctx, leaf)
	if err != nil {
		return nil, fmt.Errorf("read leaf %s: %w", leaf, err)
	}
	for i := range places {
		places[i] = p.public(places[i])
	}
	return places, nil
}

// public returns the place as it may be shown: where a region decided to
// coarsen a kind of institution, its point becomes the kelurahan's and its
// address is left out.
func (p *Publisher) public(place aid.Place) aid.Place {
	if p.region.Catalogue().Kinds[place.Recipient.Kind].Coarse {
		kelurahan, _ := p.region.Area(place.Recipient.Area.At(area.Kelurahan))
		place.Recipient.Point, place.Recipient.Address = kelurahan.Point, ""
	}
	return place
}
