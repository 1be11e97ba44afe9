package release_test

import (
	"context"
	"encoding/json"
	"io"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/demo"
	"ksbb/shared/publish"
	"ksbb/shared/region"
	"ksbb/shared/release"
	"ksbb/shared/report"
	"ksbb/shared/table"
)

// plain prints and renders everything that it is given.
type plain struct{}

func (plain) PDF(r report.Report, source report.Source) ([]byte, error) { return dump(r.Period, r.Revision, r.Paragraphs, source) }

func (plain) Workbook(w io.Writer, r report.Report, open release.OpenTable) error {
	return copyTables(w, r.Period, r.Tables, open)
}

func (plain) Tables(w io.Writer, title string, asOf time.Time, tables []report.Table, open release.OpenTable) error {
	var sources []report.Source
	for _, t := range tables {
		sources = append(sources, report.Source{Table: t.Name})
	}
	return copyTables(w, title, sources, open)
}

func copyTables(w io.Writer, title string, tables []report.Source, open release.OpenTable) error {
	if _, err := io.WriteString(w, title+"\n"); err != nil {
		return err
	}
	for _, t := range tables {
		in, err := open(t.Table)
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, in); err != nil {
			return err
		}
		if err := in.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (plain) Reports(i report.Index) ([]byte, error) { return dump(i) }
func (plain) Report(r report.Report, revisions []report.Revision, source report.Source) ([]byte, error) {
	return dump(r.Period, r.Paragraphs, revisions, source)
}
func (plain) Data(o report.Open, tables []report.Table) ([]byte, error) { return dump(o) }

func dump(v ...any) ([]byte, error) {
	b, err := json.Marshal(v)
	return append(b, '\n'), err
}

// manifest names the log as the publisher does.
type manifest struct{ store publish.Store }

func (m manifest) RecordLog(ctx context.Context, ref publish.LogRef, _ time.Time) error {
	old, err := m.store.Get(ctx, publish.ManifestPath)
	condition := publish.Unchanged(old)
	if err != nil {
		condition = publish.Absent
	}
	var now publish.Manifest
	if err == nil {
		if err := json.Unmarshal(old.Body, &now); err != nil {
			return err
		}
	}
	if now.Log != nil && (now.Log.Day > ref.Day || *now.Log == ref) {
		return nil
	}
	now.Log = &ref
	now.Generation++
	body, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return m.store.Put(ctx, publish.File{Path: publish.ManifestPath, Body: body}, condition)
}

func TestDemo(t *testing.T) {
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	listings, err := demo.Make(pack, 1, nil, "2026-05-20")
	if err != nil {
		t.Fatal(err)
	}
	facts := table.NewMemory()
	now := time.Date(2026, 5, 20, 3, 0, 0, 0, time.UTC)
	if err := facts.Load(t.Context(), listings, pack.Catalogue(), now); err != nil {
		t.Fatal(err)
	}
	for _, c := range demo.Corrections(pack, listings) {
		if err := facts.RecordCorrection(t.Context(), c.Leaf, c.Correction); err != nil {
			t.Fatal(err)
		}
	}
	store, scratch := new(blobtest.Memory), new(paper)
	r := &release.Runner{
		Region: pack, Facts: facts, Store: store, Scratch: scratch, Pages: plain{}, Printer: plain{}, Publisher: manifest{store},
		Announcer: facts, Site: "https://ksbb.example", Workers: 4,
	}
	began := time.Now()
	got, err := r.Run(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v in %v, %d files, %d bytes, %d spools open", got, time.Since(began), len(store.Objects()), store.Bytes, scratch.open)
	for _, k := range []string{release.IndexPath, release.FeedPath, release.OpenPath} {
		t.Logf("%s: %.1500s", k, store.Objects()[k].Body)
	}
	n, err := release.Verify(t.Context(), store)
	t.Log(n, err)
	puts, gets, heads := store.Puts, store.Gets, store.Heads
	again, err := r.Run(t.Context(), now)
	t.Logf("%+v %v: %d puts %d gets %d heads; first: %d %d %d", again, err, store.Puts-puts, store.Gets-gets, store.Heads-heads, puts, gets, heads)
	_ = aid.Day("")
}
