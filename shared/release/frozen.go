package release

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/report"
)

// releaseFile is a frozen state as it is kept. It decides which files belong to
// it; their names hold their contents.
type releaseFile struct {
	Schema string `json:"$schema"`
	report.Release
	Since aid.Day `json:"since"` // the day of the oldest commitment
	Demo  bool    `json:"demo"`
}

func releaseFolder(month string) string { return "data/v1/releases/" + month }

// released tells whether a month is listed as frozen.
func (s *run) released(month string) bool {
	return slices.ContainsFunc(s.open.Releases, func(r report.Release) bool { return r.Month == month })
}

// freeze freezes the months that are over, each once and for ever.
func (s *run) freeze(ctx context.Context, plan plan, w *gathered) error {
	var wrong []error
	for _, m := range plan.months {
		if err := s.freezeMonth(ctx, m, w); err != nil {
			wrong = append(wrong, fmt.Errorf("release of %s: %w", m.ID, err))
		}
	}
	return errors.Join(wrong...)
}

func (s *run) freezeMonth(ctx context.Context, month report.Period, w *gathered) error {
	folder := releaseFolder(month.ID)
	decider := folder + "/release.json"
	object, err := s.Store.Get(ctx, decider)
	body := object.Body
	switch {
	case errors.Is(err, aid.ErrNotFound):
		if body, err = s.decideRelease(ctx, month, decider, w); err != nil {
			return err
		}
	case err != nil:
		return fmt.Errorf("read %s: %w", decider, err)
	}
	var f releaseFile
	if err := json.Unmarshal(body, &f); err != nil {
		return fmt.Errorf("read %s: %w", decider, err)
	}
	// From here on only what the file says is used.
	d := s.dataset(s.Region.Root, s.Region.AreaName(s.Region.Root), folder, f.Demo, f.Files)
	d.AsOf, d.Since, d.Month = f.AsOf, f.Since, f.Month
	readme := folder + "/README.md"
	described, err := s.describeSet(d)
	if err != nil {
		return err
	}
	if _, err := s.decide(ctx, readme, textType, report.Readme(d)); err != nil {
		return err
	}
	f.Files = append(f.Files, sourceOf(decider, jsonType, body))
	for _, file := range described { // the data package is the last of them
		standing, err := s.decide(ctx, file.Path, file.ContentType, file.Body)
		if err != nil {
			return err
		}
		f.Files = append(f.Files, sourceOf(file.Path, file.ContentType, standing))
	}
	s.result.Released = append(s.result.Released, month.ID)
	return s.changeOpen(ctx, func(o *report.Open) {
		if slices.ContainsFunc(o.Releases, func(r report.Release) bool { return r.Month == f.Month }) {
			return
		}
		o.Releases = append(o.Releases, f.Release)
		slices.SortFunc(o.Releases, func(a, b report.Release) int { return cmp.Compare(b.Month, a.Month) })
	})
}

// decideRelease writes the files of a month and then the one that names them.
func (s *run) decideRelease(ctx context.Context, month report.Period, decider string, w *gathered) ([]byte, error) {
	frozen, folder := w.frozen[month.ID], releaseFolder(month.ID)
	end := month.Ends(s.Region.Zone)
	var before []leafCorrection
	for _, c := range s.corrections {
		if c.On.Before(end) {
			before = append(before, c)
		}
	}
	if err := frozen.correct(before); err != nil {
		return nil, err
	}
	if err := frozen.add(report.AreaTable, w.areas[month.ID]...); err != nil {
		return nil, err
	}
	if err := frozen.finish(); err != nil {
		return nil, err
	}
	f := releaseFile{
		Schema:  "/data/schemas/release.json",
		Release: report.Release{Month: month.ID, AsOf: end, Rows: map[string]int64{}, Files: []report.Source{}},
		Since:   s.first, Demo: w.reports[month.ID].Demo,
	}
	files := frozen.files(folder)
	if frozen.bindable() {
		book, err := s.create()
		if err != nil {
			return nil, err
		}
		defer book.close()
		title := "Data terbuka KSBB " + s.Region.AreaName(s.Region.Root) + ", akhir " + month.Title()
		if err := s.Printer.Tables(book, title, end, frozen.tables(), frozen.opener()); err != nil {
			return nil, fmt.Errorf("make workbook: %w", err)
		}
		files = append(files, outgoing{book, "", folder + "/" + string(s.Region.Root) + ".xlsx", bookType})
	}
	for _, file := range files {
		_, short := file.hash()
		suffix := path.Ext(file.path)
		src, err := s.keep(ctx, file.made, file.table, strings.TrimSuffix(file.path, suffix)+"."+short+suffix, file.contentType)
		if err != nil {
			return nil, err
		}
		f.Files = append(f.Files, src)
		if file.table != "" {
			f.Rows[file.table] = file.rows
		}
	}
	body, err := encode(decider, f)
	if err != nil {
		return nil, err
	}
	return s.decide(ctx, decider, jsonType, body)
}
