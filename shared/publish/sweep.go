package publish

import (
	"context"
	"errors"
	"hash/fnv"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// slots is how many sweeps it takes until every recipient's own files were
// compared with the facts: one day of sweeps every 15 minutes.
const slots = 96

// recent is how far back a sweep looks for changes whose pages a publication
// may have failed to write.
const recent = time.Hour

// Rotating picks, for a sweep at instant now, the recipients that changed
// lately and one slot of all others, so that a sweep costs the same in a city
// of 3,000 recipients and a day of sweeps leaves none out.
func Rotating(now time.Time) Pick {
	return func(p aid.Place) bool {
		return now.Sub(p.Activity.UpdatedAt) < recent || hasTurn(string(p.Recipient.ID), now)
	}
}

// mostDrawn is how many pictures one sweep draws. A city of 3,000 recipients
// needs a hundred in a sweep of its first day, and a country would need more
// than a sweep has time for.
const mostDrawn = 256

// hasTurn tells whether the slot of a name is that of the sweep at instant now.
func hasTurn(name string, now time.Time) bool {
	h := fnv.New32a()
	h.Write([]byte(name))
	return h.Sum32()%slots == uint32(now.Unix()/900)%slots
}

// Sweep compares the whole tree with the facts and repairs it: all data, all
// pages of areas, the fixed pages, and the files of the picked recipients. It
// goes kecamatan by kecamatan, so that it holds one in memory and does not lose
// to publications that are quicker.
func (p *Publisher) Sweep(ctx context.Context, pick Pick, now time.Time) (Report, error) {
	var total Report
	var pictures atomic.Int64
	pictures.Store(mostDrawn)
	// What was remembered may have been lost since.
	p.tree.forget()
	p.notes.forget()
	// A tree that is not there yet is first made whole.
	_, err := p.store.Get(ctx, ManifestPath)
	blank := errors.Is(err, aid.ErrNotFound)
	if blank {
		if err := total.add(p.publish(ctx, nil, now, pageSet{})); err != nil {
			return total, err
		}
	}
	byKecamatan := map[area.Code]Marks{}
	for _, leaf := range p.region.Leaves() {
		code := leaf.Area.At(area.Kecamatan)
		if byKecamatan[code] == nil {
			byKecamatan[code] = Marks{}
		}
		byKecamatan[code][leaf] = pick
	}
	for _, code := range slices.Sorted(maps.Keys(byKecamatan)) {
		if err := total.add(p.publish(ctx, byKecamatan[code], now, pageSet{kelurahan: true, rest: true, keep: true, blank: blank, pictures: &pictures})); err != nil {
			return total, err
		}
	}
	return total, total.add(p.sweepAbove(ctx, &pictures, now))
}

// sweepAbove compares the pages above the kecamatan and the fixed ones, and
// renews the private files of what lies between.
func (p *Publisher) sweepAbove(ctx context.Context, pictures *atomic.Int64, now time.Time) (Report, error) {
	w := &writer{store: p.store}
	t, err := p.read(ctx)
	if err != nil {
		return Report{}, err
	}
	v := view{p: p, t: t}
	above := map[area.Code]bool{}
	for _, child := range p.region.Children(p.region.Root) {
		above[child.Code] = true
		a, err := p.area(ctx, t, child.Code)
		if err == nil && a.Workings != "" {
			err = renew(ctx, p.notes.store, a.Workings, unserved, now)
		}
		if err != nil {
			return w.report(t), err
		}
	}
	files, err := v.areaPages(ctx, nil, above, pageSet{above: true, rest: true})
	if err != nil {
		return w.report(t), err
	}
	whole, err := v.wholePages(ctx)
	if err != nil {
		return w.report(t), err
	}
	files = append(files, whole...)
	for _, e := range p.editions {
		fixed, err := e.Pages.Fixed()
		if err != nil {
			return w.report(t), err
		}
		for _, path := range slices.Sorted(maps.Keys(fixed)) {
			files = append(files, e.page(path, fixed[path]))
		}
	}
	lists, err := v.sitemaps(ctx, files)
	if err != nil {
		return w.report(t), err
	}
	files = append(files, lists...)
	explained, err := definitions()
	if err != nil {
		return w.report(t), err
	}
	shapes, err := shapeFiles(p.region)
	if err != nil {
		return w.report(t), err
	}
	files = append(append(append(files, explained), shapes...), schemaFiles()...)
	err = each(ctx, p.workers, len(files), func(ctx context.Context, i int) error {
		files[i].Generation = t.manifest.Generation
		return w.inPlace(ctx, files[i], pageSet{keep: files[i].Path != statusPath, pictures: pictures})
	})
	return w.report(t), err
}

// add sums up what several publications did.
func (r *Report) add(part Report, err error) error {
	r.Generation = max(r.Generation, part.Generation)
	r.Attempts += part.Attempts
	r.Written += part.Written
	r.Refused = append(r.Refused, part.Refused...)
	return err
}
