package release

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/publish"
	"ksbb/shared/report"
)

// Where the open data are.
const (
	OpenPath = "data/v1/open/index.json"
	dataPage = "data/index.html"
)

// openTables are the tables of an area's open data. The areas inside it are
// said of the whole region only, which has all of them.
var openTables = []report.Table{
	report.RecipientTable, report.NeedTable, report.CommitmentTable, report.DeliveryTable, report.CorrectionTable,
}

// openSets writes the open data of every area from one pass over recipients
// ordered by area: of each level one area is open at a time.
type openSets struct {
	kecamatan []area.Code // still to come, by code
	open      []openSet   // the region first
	areas     []report.OpenArea
	demo      bool
}

type openSet struct {
	code area.Code
	*set
}

func (s *run) newOpenSets() (*openSets, error) {
	o := &openSets{}
	for _, a := range s.Region.At(area.Kecamatan) {
		o.kecamatan = append(o.kecamatan, a.Code)
	}
	return o, o.push(s, s.Region.Root)
}

func (o *openSets) close() {
	for _, one := range o.open {
		one.close()
	}
}

// push opens the set of an area inside the innermost open one.
func (o *openSets) push(s *run, code area.Code) error {
	tables := openTables
	if code == s.Region.Root {
		tables = report.Tables
	}
	inner, err := s.newSet(tables)
	if err != nil {
		return err
	}
	o.open = append(o.open, openSet{code, inner})
	if code.Level() == area.Kecamatan {
		return inner.correct(slices.DeleteFunc(slices.Clone(s.corrections), func(c leafCorrection) bool { return !code.Contains(c.leaf.Area) }))
	}
	// Rows come from the areas inside.
	for _, p := range inner.pairs {
		if p.table.Name == report.AreaTable.Name {
			continue
		}
		if err := p.csvW.Close(); err != nil {
			return fmt.Errorf("begin %s of %s: %w", p.table.Name, code, err)
		}
	}
	return nil
}

// pop publishes the innermost area, which is complete, and hands its rows to
// the one around it.
func (o *openSets) pop(ctx context.Context, s *run) error {
	last := o.open[len(o.open)-1]
	o.open = o.open[:len(o.open)-1]
	defer last.close()
	if err := last.finish(); err != nil {
		return err
	}
	if len(o.open) > 0 {
		if err := o.open[len(o.open)-1].take(last.set); err != nil {
			return err
		}
	}
	published, err := s.publishArea(ctx, o, last)
	if err != nil {
		return fmt.Errorf("open data of %s: %w", last.code, err)
	}
	o.areas = append(o.areas, published)
	return nil
}

// enter closes what is complete and opens what is next until the kecamatan of
// a code is open; with the empty code all are closed but the region. A kecamatan without recipients
// has empty files.
func (o *openSets) enter(ctx context.Context, s *run, kecamatan area.Code) error {
	for o.open[len(o.open)-1].code != kecamatan {
		if len(o.kecamatan) == 0 {
			if kecamatan != "" {
				return fmt.Errorf("kecamatan %q of the open data: %w", kecamatan, aid.ErrNotFound)
			}
			for len(o.open) > 1 {
				if err := o.pop(ctx, s); err != nil {
					return err
				}
			}
			return nil
		}
		next := o.kecamatan[0]
		o.kecamatan = o.kecamatan[1:]
		for !o.open[len(o.open)-1].code.Contains(next) {
			if err := o.pop(ctx, s); err != nil {
				return err
			}
		}
		for level := o.open[len(o.open)-1].code.Level() + 1; level <= area.Kecamatan; level++ {
			if err := o.push(s, next.At(level)); err != nil {
				return err
			}
		}
	}
	return nil
}

// place adds one recipient to the areas that it is in.
func (o *openSets) place(ctx context.Context, s *run, p aid.Place, commitments []aid.Commitment) error {
	if err := o.enter(ctx, s, p.Recipient.Area.At(area.Kecamatan)); err != nil {
		return err
	}
	o.demo = o.demo || p.Recipient.Demo
	inner := len(o.open) - 1
	for _, outer := range o.open[:inner] {
		if err := outer.point(p, s.Region); err != nil {
			return err
		}
	}
	return o.open[inner].place(p, commitments, s.Region, true)
}

// publishArea brings the files of one area up to date. The workbook comes first:
// whether it has to be made anew is seen by the tables that it is made from.
func (s *run) publishArea(ctx context.Context, o *openSets, one openSet) (report.OpenArea, error) {
	out := report.OpenArea{Area: one.code, Name: s.Region.AreaName(one.code), Rows: map[string]int64{}, Files: []report.Source{}}
	folder := "data/v1/open/" + string(one.code)
	files := one.files(folder)
	stale, err := s.stale(ctx, files)
	if err != nil {
		return out, err
	}
	book := folder + "/" + string(one.code) + ".xlsx"
	var source report.Source
	if one.bindable() {
		source, err = s.describe(ctx, book, bookType)
		if err != nil && !errors.Is(err, aid.ErrNotFound) {
			return out, err
		}
		if stale || err != nil {
			if source, err = s.bind(ctx, one, out.Name, book); err != nil {
				return out, err
			}
		}
	}
	for _, f := range files {
		if _, err := s.refresh(ctx, f.made, f.path, f.contentType, s.generation()); err != nil {
			return out, err
		}
		out.Files = append(out.Files, f.source(f.table, f.path, f.contentType))
		if f.table != "" {
			out.Rows[f.table] = f.rows
		}
	}
	if one.bindable() {
		out.Files = append(out.Files, source)
	}
	described, err := s.describeSet(s.dataset(out.Area, out.Name, folder, o.demo, out.Files))
	if err != nil {
		return out, err
	}
	for _, d := range described {
		m, err := s.create()
		if err != nil {
			return out, err
		}
		defer m.close()
		if _, err := m.Write(d.Body); err != nil {
			return out, fmt.Errorf("write %s: %w", d.Path, err)
		}
		if _, err := s.refresh(ctx, m, d.Path, d.ContentType, s.generation()); err != nil {
			return out, err
		}
		out.Files = append(out.Files, m.source("", d.Path, d.ContentType))
	}
	return out, nil
}

// generation orders the states of open data: the number of the day.
func (s *run) generation() int64 { return s.asOf.Unix() / 86_400 }

// outgoing is a made file with the path that it is for.
type outgoing struct {
	*made
	table, path, contentType string
}

// files lists the files of a set, with paths in a folder.
func (s *set) files(folder string) []outgoing {
	var all []outgoing
	for _, p := range s.pairs {
		all = append(all,
			outgoing{p.csv, p.table.Name, folder + "/" + p.table.Name + ".csv", csvType},
			outgoing{p.rows, p.table.Name, folder + "/" + p.table.Name + ".jsonl", rowsType},
		)
	}
	return append(all, outgoing{s.geo, report.RecipientTable.Name, folder + "/recipients.geojson", geoType})
}

// stale tells whether any of these files is not what is published.
func (s *run) stale(ctx context.Context, files []outgoing) (bool, error) {
	stale := false
	for same, err := range inOrder(ctx, s.Workers, files, func(ctx context.Context, f outgoing) (bool, error) {
		head, err := s.Store.Head(ctx, f.path)
		if errors.Is(err, aid.ErrNotFound) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("look for %s: %w", f.path, err)
		}
		full, _ := f.hash()
		return head.Hash == full, nil
	}) {
		if err != nil {
			return false, err
		}
		stale = stale || !same
	}
	return stale, nil
}

// bind makes the workbook of an area from its tables.
func (s *run) bind(ctx context.Context, one openSet, name, path string) (report.Source, error) {
	m, err := s.create()
	if err != nil {
		return report.Source{}, err
	}
	defer m.close()
	if err := s.Printer.Tables(m, "Data terbuka KSBB "+name, s.asOf, one.tables(), one.opener()); err != nil {
		return report.Source{}, fmt.Errorf("make %s: %w", path, err)
	}
	if _, err := s.refresh(ctx, m, path, bookType, s.generation()); err != nil {
		return report.Source{}, err
	}
	return m.source("", path, bookType), nil
}

// bookRows bounds the rows of a workbook: what hardly any machine can open need
// not take minutes of every night. Larger areas have their rows as CSV and JSON
// Lines.
const bookRows = 250_000

// bindable tells whether the tables of a set make a workbook that can be opened.
func (s *set) bindable() bool {
	var rows int64
	for _, p := range s.pairs {
		rows += p.csv.rows
	}
	return rows <= bookRows
}

func (s *set) tables() []report.Table {
	var all []report.Table
	for _, p := range s.pairs {
		all = append(all, p.table)
	}
	return all
}

// opener opens the tables of a set where they were made, one at a time each.
func (s *set) opener() OpenTable {
	return func(table string) (io.ReadCloser, error) {
		p := s.pair(report.Table{Name: table})
		if p == nil {
			return nil, fmt.Errorf("table %s: %w", table, aid.ErrNotFound)
		}
		return p.csv.reader()
	}
}

// dataset says what a folder of files is.
func (s *run) dataset(code area.Code, name, folder string, demo bool, files []report.Source) report.Dataset {
	return report.Dataset{
		Area: code, Name: name, AsOf: s.asOf, Since: s.first, Demo: demo, Folder: folder, Files: files,
		Operator: s.Region.Operator, Box: s.Region.Box,
	}
}

// describeSet returns the files that describe a dataset.
func (s *run) describeSet(d report.Dataset) ([]publish.File, error) {
	catalog, err := report.DCAT(d, s.Site)
	if err != nil {
		return nil, fmt.Errorf("describe %s: %w", d.Folder, err)
	}
	pkg, err := report.DataPackage(d)
	if err != nil {
		return nil, fmt.Errorf("describe %s: %w", d.Folder, err)
	}
	return []publish.File{
		{Path: d.Folder + "/dcat.json", ContentType: ldType, Body: catalog},
		{Path: d.Folder + "/datapackage.json", ContentType: jsonType, Body: pkg},
	}, nil
}

// readOpen reads the list of open data; one that is not there yet is empty.
func (r *Runner) readOpen(ctx context.Context) (report.Open, publish.Object, error) {
	return readList(ctx, r.Store, OpenPath, report.Open{
		Schema: "/data/schemas/open.json", Region: r.Region.Root, Areas: []report.OpenArea{}, Releases: []report.Release{},
	})
}

// writeOpen finishes the open data and lists them. It never goes back to an
// older day.
func (s *run) writeOpen(ctx context.Context, w *gathered) error {
	if err := w.open.enter(ctx, s, ""); err != nil {
		return err
	}
	if err := w.open.open[0].add(report.AreaTable, w.areas[s.lastDay().ID]...); err != nil {
		return err
	}
	if err := w.open.pop(ctx, s); err != nil {
		return err
	}
	areas := w.open.areas
	slices.SortFunc(areas, func(a, b report.OpenArea) int { return cmp.Compare(a.Area, b.Area) })
	return s.changeOpen(ctx, func(o *report.Open) {
		if o.AsOf.Before(s.asOf) {
			o.AsOf, o.Areas, o.Demo = s.asOf, areas, w.open.demo
		}
	})
}

// changeOpen changes the list of open data as it stands, and remembers what
// became of it.
func (s *run) changeOpen(ctx context.Context, change func(*report.Open)) (err error) {
	s.open, err = changeList(ctx, &s.writer, OpenPath, s.readOpen, change, func(o *report.Open) *int64 { return &o.Generation }, s.open)
	return err
}
