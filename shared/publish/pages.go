package publish

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/tally"
)

// pageSet says which pages beside those of the picked recipients a publication
// writes.
type pageSet struct {
	// above: the pages of every area above a marked leaf, up to the first page.
	above bool
	// kelurahan: those of all kelurahan of the marked kecamatan, not only of the
	// picked recipients'.
	kelurahan bool
	// keep leaves a file alone whose bytes are right, even if its generation is
	// old. Only a sweep may: a publication marks what it saw as new as it is.
	keep bool
	// rest: also what only sweeps write, as nobody waits for it.
	rest bool
	// pictures is how many more may be drawn; nil is no limit.
	pictures *atomic.Int64
	// queue is the order in which recipients' own files are written, as far as
	// there is time; nil writes all of them.
	queue *queue
	// blank writes each file as if there were none yet, and looks only when there
	// is: at the birth of a tree that saves half the requests.
	blank bool
}

// draws tells whether the picture that a file shows would be drawn.
func (which pageSet) draws(f File) bool {
	return f.shows != nil && (which.pictures == nil || which.pictures.Load() > 0)
}

// queue is the order in which recipients are to have their own files written.
type queue struct {
	turn map[aid.RecipientID]int
	all  int // turns
	more func() bool
	done int // how many turns are over
}

// recipientPages are one recipient's own files on their way.
type recipientPages struct {
	place aid.Place
	past  past
	group aid.GroupID
}

// inTurn puts the recipients in the order of the queue, which begins.
func (q *queue) inTurn(all []recipientPages) {
	if q == nil {
		return
	}
	q.done = q.all
	slices.SortStableFunc(all, func(a, b recipientPages) int {
		return cmp.Compare(q.turn[a.place.Recipient.ID], q.turn[b.place.Recipient.ID])
	})
}

// ends tells whether the queue ends before the recipient at i in it.
func (q *queue) ends(i int, next recipientPages) bool {
	if q == nil || i == 0 || q.more() {
		return false
	}
	q.done = q.turn[next.place.Recipient.ID]
	return true
}

// writePages writes the files that change in place, after the manifest and
// with its generation: those of recipients first, so that no list leads to a
// page that is not there yet.
func (p *Publisher) writePages(ctx context.Context, w *writer, t *tree, leaves []freshLeaf, which pageSet) error {
	v := view{p: p, t: t, read: map[aid.Leaf][]aid.Place{}}
	kecamatan := map[area.Code]bool{}
	var picked []recipientPages
	for _, l := range leaves {
		code := l.leaf.Area.At(area.Kecamatan)
		if l.pick == nil || !t.stands(code) {
			continue
		}
		v.read[l.leaf] = l.places
		kecamatan[code] = true
		for _, place := range l.places {
			if l.pick(place) {
				picked = append(picked, recipientPages{place, l.pasts[place.Recipient.ID], l.leaf.Group})
			}
		}
	}
	which.queue.inTurn(picked)
	lists := map[list]bool{}
	g, aside := errgroup.WithContext(ctx)
	g.SetLimit(p.workers)
	for i, r := range picked {
		if which.queue.ends(i, r) {
			break
		}
		code := r.place.Recipient.Area.At(area.Kelurahan)
		lists[list{code, r.group}], lists[list{code, p.region.FirstGroup()}] = true, true
		g.Go(func() error {
			files, err := p.recipientFiles(aside, r.place, r.past, which)
			if err != nil {
				return err
			}
			for _, f := range files {
				f.Generation = t.manifest.Generation
				if err := w.inPlace(aside, f, which); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if which.kelurahan {
		for code := range kecamatan {
			for _, child := range p.region.Children(code) {
				lists[list{child.Code, p.region.FirstGroup()}] = true
			}
		}
		for leaf, places := range v.read {
			for _, place := range places {
				lists[list{place.Recipient.Area.At(area.Kelurahan), leaf.Group}] = true
			}
		}
	}
	above, err := v.areaPages(ctx, lists, kecamatan, which)
	if err != nil {
		return err
	}
	if which.rest {
		for code := range kecamatan {
			f, err := v.sitemap(code)
			if err != nil {
				return err
			}
			above = append(above, f)
		}
	}
	return each(ctx, p.workers, len(above), func(ctx context.Context, i int) error {
		above[i].Generation = t.manifest.Generation
		return w.inPlace(ctx, above[i], which)
	})
}

// recipientFiles returns one recipient's own files in the order in which they
// are to be written: records of hand-overs, data, page and form.
func (p *Publisher) recipientFiles(ctx context.Context, place aid.Place, past past, which pageSet) ([]File, error) {
	id := place.Recipient.ID
	commitments, evidence := published(past.commitments, past.evidence)
	said := recipientFile(place, commitments, evidence, p.region.Catalogue())
	data, err := said.file()
	if err != nil {
		return nil, err
	}
	files, err := p.records(ctx, &data, said, place, commitments, evidence, which)
	if err != nil {
		return nil, err
	}
	files = append(files, data)
	for _, e := range p.editions {
		shown, err := e.Pages.Place(place, commitments, evidence, nil)
		if err != nil {
			return nil, fmt.Errorf("render place %s: %w", id, err)
		}
		form, err := e.Pages.Form(place, nil)
		if err != nil {
			return nil, fmt.Errorf("render form %s: %w", id, err)
		}
		page := e.page("lokasi/"+string(id)+"/index.html", shown)
		path, draw := e.Pages.PlacePicture(place)
		page.shows = &picture{path, draw}
		files = append(files, page, e.page("bantu/"+string(id)+"/index.html", form))
	}
	if place.Activity.Rev <= 1 && place.Activity.Pledged == 0 && !which.keep { // listed, and nothing has happened since
		for i := range files {
			files[i].first = true
		}
	}
	return files, nil
}

// view is the tree as one publication left it, with the leaves it read.
type view struct {
	p    *Publisher
	t    *tree
	read map[aid.Leaf][]aid.Place
}

// list is the page of one kelurahan's recipients of one group.
type list struct {
	kelurahan area.Code
	group     aid.GroupID
}

func (v view) areaPages(ctx context.Context, lists map[list]bool, kecamatan map[area.Code]bool, which pageSet) ([]File, error) {
	var files []File
	for _, l := range slices.SortedFunc(maps.Keys(lists), func(a, b list) int {
		return cmp.Or(strings.Compare(string(a.kelurahan), string(b.kelurahan)), strings.Compare(string(a.group), string(b.group)))
	}) {
		path := "wilayah/" + string(l.kelurahan) + "/"
		if l.group != v.p.region.FirstGroup() {
			path += string(l.group) + "/"
		}
		pages, err := v.list(ctx, l, path+"index.html")
		if err != nil {
			return nil, fmt.Errorf("render %s of area %s: %w", l.group, l.kelurahan, err)
		}
		files = append(files, pages...)
	}
	if !which.above && len(kecamatan) == 0 {
		return files, nil
	}
	wanted := maps.Clone(kecamatan)
	if which.above {
		for code := range kecamatan {
			for up := code.Parent(); up != ""; up = up.Parent() {
				wanted[up] = true
			}
		}
		wanted[v.p.region.Root] = true
	}
	for _, code := range slices.Sorted(maps.Keys(wanted)) {
		pages, err := v.area(ctx, code)
		if err != nil {
			return nil, fmt.Errorf("render area %s: %w", code, err)
		}
		files = append(files, pages...)
		if which.rest {
			guests, err := v.embed(ctx, code)
			if err != nil {
				return nil, fmt.Errorf("render area %s for other sites: %w", code, err)
			}
			files = append(files, guests...)
		}
		if code.Level() == area.Kecamatan {
			continue
		}
		f, err := v.statistics(ctx, code)
		if err != nil {
			return nil, fmt.Errorf("render statistics of %s: %w", code, err)
		}
		files = append(files, f...)
	}
	return files, nil
}

// statistics returns the page of an area's statistics, and none before there
// are any.
func (v view) statistics(ctx context.Context, code area.Code) ([]File, error) {
	a, err := v.p.area(ctx, v.t, code)
	if err != nil || a.Statistics.Path == "" {
		return nil, err
	}
	f, err := recall[StatisticsFile](ctx, v.p.tree, a.Statistics.Path)
	if err != nil {
		return nil, err
	}
	asOf, _ := time.Parse(time.RFC3339, f.AsOf)
	path := "statistik/"
	if code != v.p.region.Root {
		path += string(code) + "/"
	}
	return v.p.each(path+"index.html", func(p Pages) ([]byte, error) {
		return p.Statistics(code, asOf, f.Statistics, a.Statistics.Path, a.Statistics.Hash)
	})
}

// each renders one page in every edition, in their order.
func (p *Publisher) each(path string, render func(Pages) ([]byte, error)) ([]File, error) {
	var files []File
	for _, e := range p.editions {
		body, err := render(e.Pages)
		if err != nil {
			return nil, err
		}
		files = append(files, e.page(path, body))
	}
	return files, nil
}

func (v view) area(ctx context.Context, code area.Code) ([]File, error) {
	a, err := v.p.area(ctx, v.t, code)
	if err != nil {
		return nil, err
	}
	below := map[area.Code]tally.Area{}
	if err := v.collect(ctx, a, below, code == v.p.region.Root); err != nil {
		return nil, err
	}
	said := a.tally()
	if said.Latest, err = v.latest(ctx, a); err != nil {
		return nil, err
	}
	if code == v.p.region.Root {
		files, err := v.p.each(homePath, func(p Pages) ([]byte, error) { return p.Home(said, below) })
		if err != nil {
			return nil, err
		}
		for _, e := range v.p.editions {
			news, err := e.feeds(said)
			if err != nil {
				return nil, err
			}
			files = append(files, news...)
		}
		return files, nil
	}
	files, err := v.p.each("wilayah/"+string(code)+"/index.html", func(p Pages) ([]byte, error) { return p.Area(said, below) })
	for i := range files {
		path, draw := v.p.editions[i].Pages.AreaPicture(said)
		files[i].shows = &picture{path, draw}
	}
	return files, err
}

// latest returns the newest acts in an area. They stand among its private sums,
// and on pages and in feeds, which change in place, but in no immutable file of
// the tree: whoever wants their name forgotten shall not stand in one for ever.
func (v view) latest(ctx context.Context, a AreaFile) ([]tally.Act, error) {
	if a.Workings != "" {
		g, err := v.p.giving(ctx, v.t, ChildRef{Path: v.t.paths[a.Area], Workings: a.Workings})
		return g.Latest, err
	}
	var givings []tally.Giving
	for _, c := range a.Children {
		g, err := v.p.giving(ctx, v.t, c)
		if err != nil {
			return nil, err
		}
		givings = append(givings, tally.Giving{Latest: g.Latest})
	}
	return tally.SumOf(givings).Latest, nil
}

// collect adds the files below a to areas: all of them for the first page, the
// children's for any other.
func (v view) collect(ctx context.Context, a AreaFile, areas map[area.Code]tally.Area, deep bool) error {
	for _, c := range a.Children {
		if c.Path == "" {
			continue
		}
		child, err := v.p.area(ctx, v.t, c.Area)
		if err != nil {
			return err
		}
		areas[c.Area] = child.tally()
		if deep {
			if err := v.collect(ctx, child, areas, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// list renders one group of recipients in a kelurahan, reading its leaf if this
// publication has not: the page of the first group also says the totals of the
// others. However many recipients a kelurahan has, that is one read more.
func (v view) list(ctx context.Context, l list, path string) ([]File, error) {
	parent, err := v.p.area(ctx, v.t, l.kelurahan.Parent())
	if err != nil {
		return nil, err
	}
	leaf := aid.Leaf{Area: l.kelurahan.At(v.p.region.Catalogue().Groups[l.group].Level), Group: l.group}
	all, known := v.read[leaf]
	if !known {
		if all, err = v.p.places(ctx, leaf); err != nil {
			return nil, err
		}
		v.read[leaf] = all
	}
	places := make([]aid.Place, 0, len(all))
	for _, place := range all {
		if l.kelurahan.Contains(place.Recipient.Area) {
			places = append(places, place)
		}
	}
	i := slices.IndexFunc(parent.Children, func(c ChildRef) bool { return c.Area == l.kelurahan })
	if i < 0 {
		return nil, fmt.Errorf("kelurahan %s: %w", l.kelurahan, aid.ErrNotFound)
	}
	said := LeafPart{AsOf: parent.Children[i].AsOf, Totals: parent.Children[i].Totals}
	if l.group != v.p.region.FirstGroup() {
		said = parent.Leaves[leaf.String()].Kelurahan[l.kelurahan]
	}
	asOf, _ := time.Parse(time.RFC3339, said.AsOf)
	c := parent.Children[i]
	whole := tally.Area{Code: c.Area, Name: c.Name, Point: aid.Point(c.Point), AsOf: asOf, Totals: said.Totals}
	return v.p.each(path, func(p Pages) ([]byte, error) { return p.Kelurahan(whole, l.group, places) })
}

// writer puts files and counts them.
type writer struct {
	store   Store
	written atomic.Int64
}

func (w *writer) report(t *tree) Report {
	r := Report{Generation: t.manifest.Generation, Written: int(w.written.Load())}
	for _, code := range slices.Sorted(maps.Keys(t.refused)) {
		r.Refused = append(r.Refused, t.refused[code])
	}
	return r
}

func (w *writer) put(ctx context.Context, f File, c Condition) error {
	if err := w.store.Put(ctx, f, c); err != nil {
		return fmt.Errorf("publish %s: %w", f.Path, err)
	}
	w.written.Add(1)
	return nil
}

// inPlace writes a file over its older self and never over a newer one.
func (w *writer) inPlace(ctx context.Context, f File, which pageSet) error {
	if which.blank || f.first && f.stood == nil && !which.draws(f) {
		if err := w.put(ctx, sealed(f, f.Generation), Absent); !errors.Is(err, aid.ErrStale) {
			return err
		}
	}
	for n := range attempts {
		var old Object
		var err error
		if n == 0 && f.stood != nil {
			old = *f.stood
		} else {
			old, err = w.store.Get(ctx, f.Path)
		}
		condition := Unchanged(old)
		switch {
		case errors.Is(err, aid.ErrNotFound):
			condition = Absent
		case err != nil:
			return fmt.Errorf("read %s: %w", f.Path, err)
		case old.Generation > f.Generation:
			return nil
		}
		if err := w.picture(ctx, f, old, which); err != nil {
			return err
		}
		if condition != Absent && (which.keep || old.Generation == f.Generation) && bytes.Equal(old.Body, sealed(f, old.Generation).Body) {
			return nil
		}
		if err := w.put(ctx, sealed(f, f.Generation), condition); !errors.Is(err, aid.ErrStale) {
			return err
		}
	}
	return fmt.Errorf("publish %s: %w", f.Path, aid.ErrBusy)
}

// picture makes sure that the picture which a page names is there. Drawing one
// takes longer than all else of a page: it is done where the page did not name
// it before, or a sweep finds it missing. At the birth of a tree that would take
// minutes, so there the sweeps of the next day do it.
func (w *writer) picture(ctx context.Context, page File, old Object, which pageSet) error {
	p := page.shows
	if p == nil || !bytes.Contains(page.Body, []byte(p.path)) {
		return nil
	}
	if bytes.Contains(old.Body, []byte(p.path)) {
		if !which.keep {
			return nil
		}
		_, err := w.store.Get(ctx, p.path)
		if err == nil {
			return nil
		}
		if !errors.Is(err, aid.ErrNotFound) {
			return fmt.Errorf("read %s: %w", p.path, err)
		}
	}
	if which.pictures != nil && which.pictures.Add(-1) < 0 {
		return nil // at its next turn
	}
	body, err := p.draw()
	if err != nil {
		return fmt.Errorf("draw %s: %w", p.path, err)
	}
	written, err := settle(ctx, w.store, File{Path: p.path, ContentType: pngType, CacheControl: immutable, Body: body})
	if written && !which.keep { // what a sweep draws when its turn comes is no repair
		w.written.Add(1)
	}
	return err
}

// sealed returns f with its generation inside its bytes. An ETag is made from
// the bytes alone: without the seal a page that changed and changed back would
// look untouched to a writer that read it before both.
func sealed(f File, generation int64) File {
	open := bytes.TrimSuffix(f.Body, []byte("}\n"))
	switch f.ContentType {
	case htmlType, xmlType, atomType:
		f.Body = fmt.Appendf(bytes.Clone(f.Body), "<!-- %d -->\n", generation)
	case jsonType:
		f.Body = fmt.Appendf(bytes.Clone(open), `,"generation":%d}`+"\n", generation)
	case feedType: // what is not of the format begins with a line
		f.Body = fmt.Appendf(bytes.Clone(open), `,"_ksbb":{"generation":%d}}`+"\n", generation)
	}
	return f
}
